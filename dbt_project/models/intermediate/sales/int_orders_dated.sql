{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'order_id', 'row_key': 'load_id', 'changes': ['order_id', 'order_date']}
) }}

with

orders as (

    {% if is_incremental() -%}
    {{ delivered_rows('orders') }}
    {%- else -%}
    select * from {{ ref('int_orders_unioned') }}
    {%- endif %}

),

stores as (

    select * from {{ ref('stores') }}

),

dated as (

    select
        orders.store_id,
        orders.order_id,
        orders.customer_id,
        orders.order_status,
        orders.payment_method,
        orders.country,
        orders.currency,
        orders.ordered_at,
        {{ store_date('orders.ordered_at', 'stores.time_zone') }} as order_date,
        orders.total_amount,
        orders.load_id

    from orders

    inner join stores
        on orders.store_id = stores.store_id

){% if is_incremental() %},

gone as (

    {{ orders_of_gone_rows('orders', 'order_id') }}

){% endif %}

select * from dated
{{- and_replaced('gone', 'order_id') }}
