select
    -- keys
    store_id,
    product_id,

    -- properties
    product_name,
    category,
    brand,

    -- measures
    price,
    cost,
    stock_quantity,

    -- the delivery
    _load_id as load_id

from {{ source('shop', 'products') }}
