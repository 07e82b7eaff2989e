-- depends_on: {{ ref('fct_orders') }}
{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'order_date', 'row_key': 'last_load_id'}
) }}

with

{% if is_incremental() -%}
changed as (

    {{ changed('fct_orders', 'order_date') }}

),

{% endif -%}
orders as (

    select orders.*

    from {{ ref('fct_orders') }} as orders
    {% if is_incremental() %}
    inner join changed
        on
            orders.store_id = changed.store_id
            and orders.order_date = changed.order_date
    {%- endif %}

),

versioned as (

    select
        store_id,
        order_date,
        max(load_id) as last_load_id,
        count(*) as order_count,
        cast(sum(line_count) as bigint) as line_count

    from orders

    group by store_id, order_date

)

select * from versioned
{{- and_replaced('changed', 'order_date') }}
