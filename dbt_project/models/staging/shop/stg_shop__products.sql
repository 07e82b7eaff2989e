{{ config(enabled='shop' in var('sources')) }}

select
    -- keys
    trim(store_id) as store_id,
    trim(product_id) as product_id,

    -- properties
    product_name,
    category,
    brand,

    -- measures
    price,
    cost,
    stock_quantity,

    -- versions
    _load_id as load_id,
    _replaced_by_load_id as replaced_by_load_id

from {{ source('shop', 'products') }}
