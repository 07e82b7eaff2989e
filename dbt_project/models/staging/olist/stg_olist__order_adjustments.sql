{{ config(enabled='olist' in var('sources')) }}

with

-- a line (equal rows of the file) has one adjustment, its freight, which is charged together with the line
freights as (

    select
        order_id,
        trim(order_id) || '-' || cast(min(order_item_id) as {{ dbt.type_string() }}) as item_id,
        sum(freight_value) as amount,
        max(_load_id) as load_id

    from {{ source('olist', 'order_items') }}

    where {{ is_current('_load_id', '_replaced_by_load_id') }}

    group by order_id, trim(product_id), seller_id, price

)

select
    -- keys
    'olist' as store_id,
    freights.item_id as adjustment_id,
    trim(freights.order_id) as order_id,
    freights.item_id,

    -- properties
    'shipping' as adjustment_kind,
    false as is_date_inferred,

    -- times
    orders.order_purchase_timestamp as adjusted_at,

    -- measures
    cast(freights.amount as numeric(18, 4)) as amount,

    -- versions
    greatest(freights.load_id, orders._load_id) as load_id,
    cast(null as bigint) as replaced_by_load_id

from freights

left join {{ source('olist', 'orders') }} as orders
    on
        freights.order_id = orders.order_id
        and {{ is_current('orders._load_id', 'orders._replaced_by_load_id') }}
