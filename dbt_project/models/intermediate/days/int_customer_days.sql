-- depends_on: {{ ref('fct_orders') }}
{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'customer_id', 'row_key': 'revenue_date'}
) }}

with

{% if is_incremental() -%}
changed as (

    {{ changed('fct_orders', 'customer_id') }}

),

{% endif -%}
orders as (

    select orders.*

    from {{ ref('int_customer_orders') }} as orders

    {% if is_incremental() -%}
    inner join changed
        on
            orders.store_id = changed.store_id
            and orders.customer_id = changed.customer_id
    {%- endif %}

),

-- discounts and refunds that were made on another day than their order
moved as (

    select
        adjustments.store_id,
        orders.customer_id,
        orders.order_date,
        adjustments.adjustment_date,
        adjustments.discount_amount,
        adjustments.return_amount

    from {{ ref('fct_order_adjustments') }} as adjustments

    inner join orders
        on
            adjustments.store_id = orders.store_id
            and adjustments.order_id = orders.order_id

    where
        orders.other_day_adjustment_count > 0
        and (adjustments.discount_amount <> 0 or adjustments.return_amount <> 0)
        and adjustments.adjustment_date <> orders.order_date

),

amounts as (

    select
        store_id,
        customer_id,
        order_date as revenue_date,
        case when is_sale then 1 else 0 end as order_count,
        case when is_sale then units_sold else 0 end as units_sold,
        gross_amount,
        discount_amount,
        return_amount

    from orders

    where is_sale or net_amount <> 0

    union all

    -- out of the day of the order
    select
        store_id,
        customer_id,
        order_date as revenue_date,
        0 as order_count,
        0 as units_sold,
        0 as gross_amount,
        -discount_amount as discount_amount,
        -return_amount as return_amount

    from moved

    union all

    -- and into the day of the change
    select
        store_id,
        customer_id,
        adjustment_date as revenue_date,
        0 as order_count,
        0 as units_sold,
        0 as gross_amount,
        discount_amount,
        return_amount

    from moved

),

totals as (

    select
        store_id,
        customer_id,
        revenue_date,
        cast(sum(order_count) as integer) as order_count,
        cast(sum(units_sold) as bigint) as units_sold,
        cast(sum(gross_amount) as numeric(18, 4)) as gross_amount,
        cast(sum(discount_amount) as numeric(18, 4)) as discount_amount,
        cast(sum(return_amount) as numeric(18, 4)) as return_amount

    from amounts

    -- the key that differs most goes first: it is what sorting compares
    group by customer_id, revenue_date, store_id

)

select * from totals
{%- if is_incremental() %}
{{- and_replaced('changed', 'customer_id') }}
{%- else %}

-- increments read some customers whole: what is one customer's lies together
order by customer_id, revenue_date, store_id
{%- endif %}
