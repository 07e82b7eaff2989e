{{ config(enabled='shop' in var('sources')) }}

select
    -- keys
    trim(store_id) as store_id,
    trim(order_id) as order_id,
    nullif(trim(customer_id), '') as customer_id,

    -- properties
    lower(trim(status)) as order_status,
    payment_method,
    lower(trim(sales_channel)) as sales_channel,
    nullif(trim(discount_code), '') as discount_code,
    country,
    region,
    upper(trim(currency)) as currency,

    -- times
    ordered_at,

    -- measures
    cast(total_amount as numeric(18, 4)) as total_amount,

    -- versions
    _load_id as load_id,
    _replaced_by_load_id as replaced_by_load_id

from {{ source('shop', 'orders') }}
