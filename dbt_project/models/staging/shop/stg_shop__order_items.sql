{{ config(enabled='shop' in var('sources')) }}

select
    -- keys
    trim(store_id) as store_id,
    trim(item_id) as item_id,
    trim(order_id) as order_id,
    trim(product_id) as product_id,

    -- measures
    quantity,
    unit_price,
    cast(total_price as numeric(18, 4)) as total_price,

    -- versions
    _load_id as load_id,
    _replaced_by_load_id as replaced_by_load_id

from {{ source('shop', 'order_items') }}
