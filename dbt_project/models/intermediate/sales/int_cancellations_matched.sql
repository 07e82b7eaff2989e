{{ config(materialized='table', post_hook="{{ analyze() }}") }}

with

credit_notes as (

    select * from {{ ref('int_orders') }}

    where
        order_status = 'credit_note'
        and customer_id is not null

),

credit_days as (

    select distinct
        store_id,
        customer_id,
        order_date

    from credit_notes

),

sales as (

    select orders.*

    from {{ ref('int_orders') }} as orders

    inner join credit_days
        on
            orders.store_id = credit_days.store_id
            and orders.customer_id = credit_days.customer_id
            and orders.order_date = credit_days.order_date

    where orders.order_status = 'completed'

),

orders as (

    select * from credit_notes

    union all

    select * from sales

),

-- the first that was bought and the first that was taken back are the first pair, and so on
numbered as (

    select
        items.store_id,
        items.item_id,
        items.product_id,
        items.unit_price,
        items.quantity,
        orders.customer_id,
        orders.order_date,
        orders.ordered_at,
        greatest(items.load_id, orders.load_id) as load_id,
        row_number() over (
            partition by
                items.store_id,
                orders.customer_id,
                orders.order_date,
                items.product_id,
                items.unit_price,
                items.quantity
            order by orders.ordered_at asc, items.item_id asc
        ) as occurrence_number

    from orders

    inner join {{ ref('int_order_items') }} as items
        on
            orders.store_id = items.store_id
            and orders.order_id = items.order_id

    where
        items.unit_price > 0
        and (
            (orders.order_status = 'completed' and items.quantity > 0)
            or (orders.order_status = 'credit_note' and items.quantity < 0)
        )

),

pairs as (

    select
        sold.store_id,
        sold.item_id as sold_item_id,
        cancelled.item_id as cancelled_item_id,
        greatest(sold.load_id, cancelled.load_id) as load_id

    from numbered as sold

    inner join numbered as cancelled
        on
            sold.store_id = cancelled.store_id
            and sold.customer_id = cancelled.customer_id
            and sold.order_date = cancelled.order_date
            and sold.product_id = cancelled.product_id
            and sold.unit_price = cancelled.unit_price
            and sold.quantity = -cancelled.quantity
            and sold.occurrence_number = cancelled.occurrence_number
            and sold.ordered_at <= cancelled.ordered_at

    where sold.quantity > 0

)

{% for side in ['sold', 'cancelled'] -%}
select
    store_id,
    {{ side }}_item_id as item_id,
    load_id

from pairs
{{ 'union all' if not loop.last }}

{% endfor %}
