-- depends_on: {{ ref('fct_orders') }}
{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'order_id', 'row_key': 'customer_id'}
) }}

with

{% if is_incremental() -%}
changed as (

    {{ changed('fct_orders', 'order_id') }}

),

{% endif -%}
orders as (

    select orders.*

    from {{ ref('fct_orders') }} as orders

    {% if is_incremental() -%}
    inner join changed
        on
            orders.store_id = changed.store_id
            and orders.order_id = changed.order_id

    {% endif -%}
    where not orders.is_guest

),

final as (

    select
        store_id,
        customer_id,
        order_id,
        order_date,
        country,
        is_sale,
        units_sold,
        gross_amount,
        discount_amount,
        return_amount,
        net_amount,
        other_day_adjustment_count

    from orders

)

select * from final
{%- if is_incremental() %}
{{- and_replaced('changed', 'order_id') }}
{%- else %}

-- increments read some customers whole: what is one customer's lies together
order by customer_id, store_id
{%- endif %}
