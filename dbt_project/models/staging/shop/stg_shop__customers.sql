{{ config(enabled='shop' in var('sources')) }}

select
    -- keys
    trim(store_id) as store_id,
    trim(customer_id) as customer_id,

    -- properties
    lower(trim(email)) as email,
    country,
    region,
    city,
    age_group,
    customer_segment,

    -- times
    registration_date,

    -- versions
    _load_id as load_id,
    _replaced_by_load_id as replaced_by_load_id

from {{ source('shop', 'customers') }}
