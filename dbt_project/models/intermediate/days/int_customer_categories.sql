-- depends_on: {{ ref('int_customer_orders') }}, {{ ref('fct_order_lines') }}
{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'customer_id', 'row_key': 'category'}
) }}

with

{% if is_incremental() -%}
changed_products as (

    {{ changed('int_product_categories', 'product_id') }}

),

changed_orders as (

    {{ changed('fct_order_lines', 'order_id') }}

),

came as (

    select
        lines.store_id,
        lines.customer_id,
        products.category,
        min(lines.order_date) as first_purchase_date

    from changed_orders

    inner join {{ ref('fct_order_lines') }} as lines
        on
            changed_orders.store_id = lines.store_id
            and changed_orders.order_id = lines.order_id

    inner join {{ ref('int_product_categories') }} as products
        on
            lines.store_id = products.store_id
            and lines.product_id = products.product_id

    where
        lines.line_type = 'goods'
        and lines.customer_id is not null

    group by lines.store_id, lines.customer_id, products.category

),

-- most of who buys again buys of what they know, and of them nothing changes
changed as (

    {{ changed('fct_order_lines', 'customer_id', former=true) }}

    union

    select
        lines.store_id,
        lines.customer_id

    from {{ ref('fct_order_lines') }} as lines

    inner join changed_products
        on
            lines.store_id = changed_products.store_id
            and lines.product_id = changed_products.product_id

    union

    select
        came.store_id,
        came.customer_id

    from came

    left join {{ this }} as known
        on
            came.store_id = known.store_id
            and came.customer_id = known.customer_id
            and came.category = known.category
            and came.first_purchase_date >= known.first_purchase_date

    where known.customer_id is null

),

{% endif -%}
lines as (

    select lines.*

    from {{ ref('fct_order_lines') }} as lines

    {% if is_incremental() -%}
    -- lines have an index of their order
    inner join {{ ref('int_customer_orders') }} as orders
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

    -- the key that differs most goes first: it is what sorting compares
    group by lines.customer_id, lines.store_id, products.category

),

-- of categories first bought of on one day only the last is followed by a later day
numbered as (

    select
        store_id,
        customer_id,
        category,
        first_purchase_date,
        cast(row_number() over by_day as integer) as category_count,
        lead(first_purchase_date) over by_day as next_first_purchase_date

    from first_bought

    window by_day as (partition by customer_id, store_id order by first_purchase_date, category)

)

select * from numbered
{{- and_replaced('changed', 'customer_id') }}
