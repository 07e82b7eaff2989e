{{ config(enabled='olist' in var('sources')) }}

-- the file has one row per unit: equal rows are a quantity, known by the number of the first
select
    -- keys
    'olist' as store_id,
    trim(order_id) || '-' || cast(min(order_item_id) as {{ dbt.type_string() }}) as item_id,
    trim(order_id) as order_id,
    trim(product_id) as product_id,

    -- measures
    cast(count(*) as numeric(11, 4)) as quantity,
    price as unit_price,
    cast(sum(price) as numeric(18, 4)) as total_price,

    -- versions
    max(_load_id) as load_id,
    cast(null as bigint) as replaced_by_load_id

from {{ source('olist', 'order_items') }}

where {{ is_current('_load_id', '_replaced_by_load_id') }}

group by trim(order_id), trim(product_id), seller_id, price
