select
    -- keys
    store_id,
    order_id,
    customer_id,

    -- properties
    lower(trim(status)) as order_status,
    payment_method,
    cast(null as {{ dbt.type_string() }}) as country,
    upper(trim(currency)) as currency,

    -- times
    ordered_at,

    -- measures
    total_amount,

    -- the delivery
    _load_id as load_id

from {{ source('shop', 'orders') }}
