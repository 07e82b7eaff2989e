with

products as (

    select * from {{ ref('int_products_completed') }}

),

final as (

    select
        store_id,
        product_id,
        is_listed,
        is_goods,
        product_name,
        category,
        brand,
        price,
        cost,
        stock_quantity

    from products

)

select * from final
