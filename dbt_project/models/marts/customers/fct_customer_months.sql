{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'customer_id', 'row_key': 'month_start_date'}
) }}

with

{% if is_incremental() -%}
-- whatever changes in one month of a customer changes what they have in the months around it
changed as (

    {{ changed('fct_orders', 'customer_id') }}

),

{% endif -%}
months as (

    select
        days.store_id,
        days.customer_id,
        cast({{ dbt.date_trunc('month', 'days.revenue_date') }} as date) as month_start_date,
        sum(days.order_count) as order_count,
        max(case when days.order_count > 0 then days.revenue_date end) as last_order_date,
        sum(days.gross_amount - days.discount_amount - days.return_amount) as net_revenue

    from {{ ref('int_customer_days') }} as days

    {% if is_incremental() -%}
    inner join changed
        on
            days.store_id = changed.store_id
            and days.customer_id = changed.customer_id

    {% endif -%}
    group by
        days.customer_id, cast({{ dbt.date_trunc('month', 'days.revenue_date') }} as date), days.store_id

),

-- the key that differs most goes first: it is what sorting compares
cumulated as (

    select
        *,
        min(case when order_count > 0 then month_start_date end) over (
            partition by customer_id, store_id
        ) as first_order_month_date,
        lead(month_start_date) over (
            partition by customer_id, store_id
            order by month_start_date
        ) as next_month_start_date,
        sum(order_count) over (
            partition by customer_id, store_id
            order by month_start_date
        ) as running_order_count,
        max(last_order_date) over (
            partition by customer_id, store_id
            order by month_start_date
        ) as running_last_order_date,
        sum(net_revenue) over (
            partition by customer_id, store_id
            order by month_start_date
        ) as running_net_revenue

    from months

),

final as (

    select
        store_id,
        customer_id,
        month_start_date,
        first_order_month_date,
        next_month_start_date,
        cast(order_count as integer) as order_count,
        cast(net_revenue as numeric(18, 4)) as net_revenue,
        cast(running_order_count as integer) as running_order_count,
        running_last_order_date,
        cast(running_net_revenue as numeric(18, 4)) as running_net_revenue

    from cumulated

)

select * from final
{{- and_replaced('changed', 'customer_id') }}
