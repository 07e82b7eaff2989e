{{ config(materialized='table') }}

select
    products.store_id,
    products.product_id,
    products.product_name,
    products.category,
    products.brand,
    products.price,
    products.cost,
    products.stock_quantity,
    products.load_id

from (
    {{ union_sources('products', [
        'store_id', 'product_id', 'product_name', 'category', 'brand', 'price', 'cost', 'stock_quantity', 'load_id'
    ]) }}
) as products

inner join {{ ref('stores') }} as stores
    on products.store_id = stores.store_id
