{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed('customer_id') }}",
    post_hook="{{ analyze() }}"
) }}
-- depends_on: {{ ref('int_order_changes') }}
with

-- a change in one month of a customer changes the running columns of the months around it
days as (

    select
        *,
        cast({{ dbt.date_trunc('month', 'revenue_date') }} as date) as month_start_date

    from {{ ref('fct_customer_daily_revenue') }}

    {% if is_incremental() -%}
    where (store_id, customer_id) in ({{ changed('customer_id') }})
    {%- endif %}

),

-- most selective column first, here and below (cheaper sort)
months as (

    select
        store_id,
        customer_id,
        month_start_date,
        sum(order_count) as order_count,
        max(case when order_count > 0 then revenue_date end) as last_order_date,
        sum(net_revenue) as net_revenue,
        max(load_id) as load_id

    from days

    group by customer_id, month_start_date, store_id

),

cumulated as (

    select
        *,
        min(case when order_count > 0 then month_start_date end) over (
            partition by customer_id, store_id
        ) as first_order_month_date,
        lead(month_start_date) over by_month as next_month_start_date,
        sum(order_count) over by_month as running_order_count,
        max(last_order_date) over by_month as running_last_order_date,
        sum(net_revenue) over by_month as running_net_revenue

    from months

    window by_month as (partition by customer_id, store_id order by month_start_date)

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
        cast(running_net_revenue as numeric(18, 4)) as running_net_revenue,
        {{ load_through('load_id', ['fct_customer_daily_revenue']) }} as load_id

    from cumulated

)

select * from final
