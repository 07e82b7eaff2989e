-- depends_on: {{ ref('fct_orders') }}
{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'customer_id', 'row_key': 'revenue_date'}
) }}

with

{% if is_incremental() -%}
changed_products as (

    {{ changed('int_product_categories', 'product_id') }}

),

changed as (

    {{ changed('fct_orders', 'customer_id') }}

    union

    select
        lines.store_id,
        lines.customer_id

    from {{ ref('fct_order_lines') }} as lines

    inner join changed_products
        on
            lines.store_id = changed_products.store_id
            and lines.product_id = changed_products.product_id

),

{% endif -%}
lines as (

    select lines.*

    from {{ ref('fct_order_lines') }} as lines

    {% if is_incremental() -%}
    -- lines have an index of their order
    inner join {{ ref('fct_orders') }} as orders
        on
            lines.store_id = orders.store_id
            and lines.order_id = orders.order_id

    inner join changed
        on
            orders.store_id = changed.store_id
            and orders.customer_id = changed.customer_id

    {% endif -%}
    where
        lines.line_type = 'goods'
        and lines.customer_id is not null

),

products as (

    select * from {{ ref('int_product_categories') }}

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
{{- and_replaced('changed', 'customer_id') }}
