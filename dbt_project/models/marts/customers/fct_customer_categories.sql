{{ config(post_hook="{{ analyze() }}") }}
with

lines as (

    select * from {{ ref('fct_order_lines') }}

    where
        line_type = 'goods'
        and customer_id is not null

),

products as (

    select * from {{ ref('dim_products') }}

    where category is not null

),

-- most selective column first, here and below (cheaper sort)
first_purchases as (

    select
        lines.store_id,
        lines.customer_id,
        products.category,
        min(lines.order_date) as first_purchase_date

    from lines

    inner join products
        on
            lines.store_id = products.store_id
            and lines.product_id = products.product_id

    group by lines.customer_id, lines.store_id, products.category

),

-- of several categories first bought on one day, only the last row precedes a later day
numbered as (

    select
        *,
        row_number() over by_day as category_count,
        lead(first_purchase_date) over by_day as next_first_purchase_date

    from first_purchases

    window by_day as (partition by customer_id, store_id order by first_purchase_date, category)

),

final as (

    select
        store_id,
        customer_id,
        category,
        first_purchase_date,
        cast(category_count as integer) as category_count,
        next_first_purchase_date

    from numbered

)

select * from final
