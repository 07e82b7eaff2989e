with

products as (

    select * from {{ ref('int_products_unioned') }}

),

loads as (

    select * from {{ ref('int_loads_dated') }}

),

dated as (

    select
        products.store_id,
        products.product_id,
        products.product_name,
        products.category,
        products.brand,
        products.price,
        products.cost,
        products.load_id,
        -- a day that had begun when the delivery came keeps what it began with
        coalesce(
            cast({{ dbt.dateadd('day', 1, 'loads.last_order_date_before') }} as date), cast('1995-01-01' as date)
        ) as counts_from_date

    from products

    inner join loads
        on
            products.store_id = loads.store_id
            and products.load_id = loads.load_id

)

select * from dated
