with

source as (

    select * from {{ source('olist', 'order_items') }}

),

-- the file has one row per unit: equal rows are a quantity, known by the number of the first
grouped as (

    select
        -- keys
        'olist' as store_id,
        order_id || '-' || cast(min(order_item_id) as {{ dbt.type_string() }}) as item_id,
        order_id,
        product_id,
        seller_id,

        -- measures
        cast(count(*) as integer) as quantity,
        price as unit_price,
        cast(sum(price) as numeric(18, 4)) as total_price,
        cast(sum(freight_value) as numeric(18, 4)) as freight_amount,

        -- the delivery
        max(_load_id) as load_id

    from source

    group by order_id, product_id, seller_id, price

)

select * from grouped
