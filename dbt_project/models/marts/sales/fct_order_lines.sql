-- depends_on: {{ ref('int_order_items_unioned') }}, {{ ref('int_orders_dated') }}, {{ ref('stores') }}
-- depends_on: {{ ref('line_codes') }}, {{ ref('int_cancellations_matched') }}
{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'order_date', 'row_key': 'item_id', 'changes': ['order_id', 'former_customer_id']}
) }}

{% if is_incremental() %}
{#- asked beforehand: a planner that guesses thousands of days reads the orders of all -#}
{% set new_rows_and_touched_orders -%}
new_rows as (

    {{ delivered_rows('order_items') }}

),

touched_orders as (

    {{ touched_orders('order_items', 'item_id') }}

)
{%- endset %}

{#- where these orders are now, and where they were; a line whose order is unknown has no day, and stands under null -#}
{% set touched_days -%}
with

{{ new_rows_and_touched_orders }}

select
    touched_orders.store_id,
    orders.order_date,
    0 as day_version

from touched_orders

left join {{ ref('int_orders_dated') }} as orders
    on
        touched_orders.store_id = orders.store_id
        and touched_orders.order_id = orders.order_id

union

select
    built.store_id,
    built.order_date,
    0 as day_version

from touched_orders

inner join {{ this }} as built
    on
        touched_orders.store_id = built.store_id
        and touched_orders.order_id = built.order_id
{%- endset %}
{% endif %}

with

{% if is_incremental() -%}
{{ new_rows_and_touched_orders }},

touched_days as (

    {{ written_out(touched_days, 'order_date') }}

),

orders_of_touched_days as (

    select
        orders.store_id,
        orders.order_id

    from touched_days

    inner join {{ ref('int_orders_dated') }} as orders
        on
            touched_days.store_id = orders.store_id
            and touched_days.order_date = orders.order_date

    union

    select
        built.store_id,
        built.order_id

    from touched_days

    inner join {{ this }} as built
        on
            touched_days.store_id = built.store_id
            and touched_days.order_date is null
            and built.order_date is null

    union

    select
        store_id,
        order_id

    from touched_orders

),

items_of_touched_days as (

    {{ delivered_rows('order_items', of_orders='orders_of_touched_days') }}

),

lines as (

    {{ classified_lines('items_of_touched_days') }}

),
{%- else -%}
lines as (

    select * from {{ ref('int_order_lines_classified') }}

),
{%- endif %}

final as (

    select
        store_id,
        item_id,
        order_id,
        customer_id,
        product_id,
        order_date,
        line_type,
        excluded_reason,
        quantity,
        unit_price,
        line_amount,
        gross_amount,
        discount_amount,
        return_amount,
        fee_amount,
        excluded_amount,
        load_id

    from lines

)

select * from final
{{- and_replaced('touched_days', 'order_date') }}
