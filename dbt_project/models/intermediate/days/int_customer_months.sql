{{ config(
    materialized='incremental',
    incremental_strategy='days',
    meta={'day_column': 'month_start_date', 'row_key': 'customer_id'}
) }}

with

-- what an order brings depends on its own day, and on the day of each change of it
days as (

    select
        store_id,
        order_date as date_day,
        day_version

    from {{ ref('int_order_days_versioned') }}

    union all

    select
        store_id,
        revenue_date as date_day,
        day_version

    from {{ ref('int_revenue_days_versioned') }}

),

versions as (

    select
        store_id,
        cast({{ dbt.date_trunc('month', 'date_day') }} as date) as month_start_date,
        {{ version_of_days('day_version') }} as day_version

    from days

    group by store_id, cast({{ dbt.date_trunc('month', 'date_day') }} as date)

),

stale as (

    {{ days_to_build('versions', 'month_start_date') }}

),

amounts as (

    {{ amounts_by_month(
        ref('fct_orders'), ref('fct_order_adjustments'), 'not orders.is_guest',
        since='(select min(month_start_date) from stale)' if is_incremental()
    ) }}

),

totals as (

    select
        amounts.store_id,
        amounts.customer_id,
        amounts.month_start_date,
        cast(sum(amounts.order_count) as integer) as order_count,
        max(amounts.last_order_date) as last_order_date,
        cast(sum(amounts.net_revenue) as numeric(18, 4)) as net_revenue,
        stale.day_version

    from amounts

    inner join stale
        on
            amounts.store_id = stale.store_id
            and amounts.month_start_date = stale.month_start_date

    group by amounts.store_id, amounts.customer_id, amounts.month_start_date, stale.day_version

)

select * from totals
{{- and_replaced_days('stale', 'month_start_date') }}
