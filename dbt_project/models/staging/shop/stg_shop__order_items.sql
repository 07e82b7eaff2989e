select
    -- keys
    store_id,
    item_id,
    order_id,
    product_id,

    -- measures
    quantity,
    unit_price,
    total_price,

    -- the delivery
    _load_id as load_id

from {{ source('shop', 'order_items') }}
