{{ config(meta={'dagster': {'ref': {'name': 'fct_cohort_retention'}}}) }}
-- Cohorts, guests and returns without a first order make up a store's month: rows are months that do not add up.
with

cohort_totals as (

    select
        store_id,
        month_start_date,
        sum(order_count) as order_count,
        sum(net_revenue) as net_revenue

    from {{ ref('fct_cohort_retention') }}

    group by store_id, month_start_date

),

daily_totals as (

    select
        daily.store_id,
        dates.month_start_date,
        sum(daily.order_count) as order_count,
        sum(daily.net_revenue) as net_revenue

    from {{ ref('fct_daily_revenue') }} as daily

    inner join {{ ref('dim_dates') }} as dates
        on daily.revenue_date = dates.date_day

    group by daily.store_id, dates.month_start_date

)

select
    months.store_id,
    months.month_start_date,
    cohort_totals.net_revenue as cohort_net_revenue,
    daily_totals.net_revenue as daily_net_revenue

from {{ ref('int_store_days_spined') }} as months

left join cohort_totals
    on
        months.store_id = cohort_totals.store_id
        and months.month_start_date = cohort_totals.month_start_date

left join daily_totals
    on
        months.store_id = daily_totals.store_id
        and months.month_start_date = daily_totals.month_start_date

where
    months.is_month_end
    and (
        coalesce(cohort_totals.net_revenue, 0) <> coalesce(daily_totals.net_revenue, 0)
        or coalesce(cohort_totals.order_count, 0) <> coalesce(daily_totals.order_count, 0)
    )
