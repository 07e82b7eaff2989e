-- depends_on: {{ ref('int_orders_dated') }}
{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'order_date', 'row_key': 'load_id'}
) }}

with

{% if is_incremental() -%}
changed as (

    {{ changed('int_orders_dated', 'order_date') }}

),

{% endif -%}
orders as (

    select orders.*

    from {{ ref('int_orders_dated') }} as orders

    {% if is_incremental() -%}
    inner join changed
        on
            orders.store_id = changed.store_id
            and orders.order_date = changed.order_date

    {% endif -%}
    where orders.order_date is not null

),

counted as (

    select
        store_id,
        order_date,
        load_id,
        count(*) as order_count,
        min(order_id) as first_order_id,
        max(order_id) as last_order_id

    from orders

    group by store_id, order_date, load_id

)

select * from counted
{{- and_replaced('changed', 'order_date') }}
