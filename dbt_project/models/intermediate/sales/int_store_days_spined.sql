{{ config(materialized='table', post_hook="{{ analyze() }}") }}

with

stores as (

    select * from {{ ref('int_stores') }}

),

days as (

    select
        date_day,
        cast({{ dbt.date_trunc('month', 'date_day') }} as date) as month_start_date,
        cast({{ dbt.last_day('date_day', 'month') }} as date) as month_end_date

    from {{ ref('int_days_spined') }}

)

select
    stores.store_id,
    days.date_day as revenue_date,
    {{ dbt.datediff('stores.first_revenue_date', 'days.date_day', 'day') }} as day_number, -- noqa: LT05
    days.month_start_date,
    days.date_day = days.month_end_date as is_month_end,
    -- customers are looked at on the last day, and at month ends of two years: the outcome, and one to judge it by
    days.date_day = stores.as_of_date
    or (
        days.date_day = days.month_end_date
        and days.date_day >= {{ dbt.dateadd('month', -25, 'stores.as_of_date') }}
    ) as is_snapshot_date

from stores

inner join days
    on days.date_day between stores.first_revenue_date and stores.as_of_date
