-- depends_on: {{ ref('fct_orders') }}, {{ ref('int_country_spellings') }}, {{ ref('int_customers_located') }}
{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'revenue_date', 'row_key': 'country_code'}
) }}

-- who is said to live elsewhere takes along what was sold to them
{% set days_of_moved_customers %}
    select
        orders.store_id,
        orders.order_date as revenue_date

    from ({{ changed('int_customers_located', 'customer_id') }}) as customers

    inner join {{ ref('fct_orders') }} as orders
        on
            customers.store_id = orders.store_id
            and customers.customer_id = orders.customer_id

    union

    select
        adjustments.store_id,
        adjustments.adjustment_date as revenue_date

    from ({{ changed('int_customers_located', 'customer_id') }}) as customers

    inner join {{ ref('fct_orders') }} as orders
        on
            customers.store_id = orders.store_id
            and customers.customer_id = orders.customer_id

    inner join {{ ref('fct_order_adjustments') }} as adjustments
        on
            orders.store_id = adjustments.store_id
            and orders.order_id = adjustments.order_id
{% endset %}

{% set orders = 'located' if is_incremental() else ref('int_orders_located') %}

with

days as (

    {{ days_to_build(ref('int_revenue_days_versioned'), 'revenue_date', also=days_of_moved_customers) }}

),

{% if is_incremental() -%}
orders_of_days as (

    select orders.*

    from {{ ref('fct_orders') }} as orders

    inner join days
        on
            orders.store_id = days.store_id
            and orders.order_date = days.revenue_date

    union

    select orders.*

    from {{ ref('fct_order_adjustments') }} as adjustments

    inner join days
        on
            adjustments.store_id = days.store_id
            and adjustments.adjustment_date = days.revenue_date

    inner join {{ ref('fct_orders') }} as orders
        on
            adjustments.store_id = orders.store_id
            and adjustments.order_id = orders.order_id

    where adjustments.adjustment_date <> adjustments.order_date

),

located as (

    {{ located_orders('orders_of_days') }}

),

{% endif -%}

-- discounts and refunds that were made on another day than their order
moved as (

    select
        orders.store_id,
        orders.order_date,
        adjustments.adjustment_date,
        orders.country_code,
        orders.customer_id is null as is_guest,
        adjustments.discount_amount,
        adjustments.return_amount

    from {{ orders }} as orders

    inner join {{ ref('fct_order_adjustments') }} as adjustments
        on
            orders.store_id = adjustments.store_id
            and orders.order_id = adjustments.order_id
            and orders.order_date <> adjustments.adjustment_date

    where adjustments.discount_amount <> 0 or adjustments.return_amount <> 0

),

entries as (

    select
        orders.store_id,
        orders.order_date as revenue_date,
        orders.country_code,
        orders.customer_id is null as is_guest,
        case when orders.is_sale then 1 else 0 end as order_count,
        orders.units_sold,
        orders.gross_amount,
        orders.discount_amount,
        orders.return_amount

    from {{ orders }} as orders

    inner join days
        on
            orders.store_id = days.store_id
            and orders.order_date = days.revenue_date

    -- an order's amounts hold all its adjustments: out of the day of the order
    union all

    select
        moved.store_id,
        moved.order_date as revenue_date,
        moved.country_code,
        moved.is_guest,
        0 as order_count,
        0 as units_sold,
        0 as gross_amount,
        -moved.discount_amount as discount_amount,
        -moved.return_amount as return_amount

    from moved

    inner join days
        on
            moved.store_id = days.store_id
            and moved.order_date = days.revenue_date

    -- and into the day of the change
    union all

    select
        moved.store_id,
        moved.adjustment_date as revenue_date,
        moved.country_code,
        moved.is_guest,
        0 as order_count,
        0 as units_sold,
        0 as gross_amount,
        moved.discount_amount,
        moved.return_amount

    from moved

    inner join days
        on
            moved.store_id = days.store_id
            and moved.adjustment_date = days.revenue_date

),

totals as (

    select
        entries.store_id,
        entries.revenue_date,
        coalesce(entries.country_code, '(unknown)') as country_code,
        entries.is_guest,
        cast(sum(entries.order_count) as integer) as order_count,
        cast(sum(entries.units_sold) as bigint) as units_sold,
        cast(sum(entries.gross_amount) as numeric(18, 4)) as gross_amount,
        cast(sum(entries.discount_amount) as numeric(18, 4)) as discount_amount,
        cast(sum(entries.return_amount) as numeric(18, 4)) as return_amount,
        days.day_version

    from entries

    inner join days
        on
            entries.store_id = days.store_id
            and entries.revenue_date = days.revenue_date

    group by
        entries.store_id,
        entries.revenue_date,
        coalesce(entries.country_code, '(unknown)'),
        entries.is_guest,
        days.day_version

)

select * from totals
{{- and_replaced('days', 'revenue_date') }}
