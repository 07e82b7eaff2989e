with

products as (

    select * from {{ ref('int_products_unioned') }}

),

items as (

    select * from {{ ref('int_order_items_unioned') }}

),

ordered as (

    select distinct
        store_id,
        product_id

    from items

),

stores as (

    select * from {{ ref('stores') }}

),

line_codes as (

    select * from {{ ref('line_codes') }}

),

-- what was ordered but stands in no list of products is a member all the same
completed as (

    select
        coalesce(products.store_id, ordered.store_id) as store_id,
        coalesce(products.product_id, ordered.product_id) as product_id,
        products.product_id is not null as is_listed,
        products.stock_quantity

    from products

    full outer join ordered
        on
            products.store_id = ordered.store_id
            and products.product_id = ordered.product_id

),

marked as (

    select
        completed.store_id,
        completed.product_id,
        completed.is_listed,
        line_codes.product_id is null as is_goods,
        completed.stock_quantity

    from completed

    inner join stores
        on completed.store_id = stores.store_id

    left join line_codes
        on
            stores.source_name = line_codes.source_name
            and completed.product_id = line_codes.product_id

)

select * from marked
