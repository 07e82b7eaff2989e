{{ config(materialized='table', post_hook="{{ refresh_statistics() }}") }}

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

first_bought as (

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

    group by lines.store_id, lines.customer_id, products.category

),

-- a row per day on which something new was bought, with all that had been bought by then
counted as (

    select
        store_id,
        customer_id,
        first_purchase_date as revenue_date,
        cast(sum(count(*)) over (
            partition by customer_id, store_id
            order by first_purchase_date
        ) as integer) as category_count,
        lead(first_purchase_date) over (
            partition by customer_id, store_id
            order by first_purchase_date
        ) as next_revenue_date

    from first_bought

    group by store_id, customer_id, first_purchase_date

)

select * from counted
