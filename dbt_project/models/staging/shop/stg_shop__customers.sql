select
    -- keys
    store_id,
    customer_id,

    -- properties
    lower(trim(email)) as email,
    country,
    region,
    city,
    age_group,
    customer_segment,

    -- times
    registration_date,

    -- the delivery
    _load_id as load_id

from {{ source('shop', 'customers') }}
