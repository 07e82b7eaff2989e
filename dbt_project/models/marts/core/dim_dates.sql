with

days as (

    select * from {{ ref('int_days_spined') }}

),

parts as (

    select
        date_day,
        cast(extract(year from date_day) as integer) as calendar_year,
        cast(extract(quarter from date_day) as integer) as calendar_quarter,
        cast(extract(month from date_day) as integer) as calendar_month,
        cast(extract(day from date_day) as integer) as day_of_month,
        cast({{ dbt.date_trunc('week', 'date_day') }} as date) as week_start_date,
        cast({{ dbt.date_trunc('month', 'date_day') }} as date) as month_start_date

    from days

),

-- a week belongs to the year of its Thursday (ISO 8601)
weeks as (

    select
        *,
        {{ dbt.datediff('week_start_date', 'date_day', 'day') }} + 1 as iso_weekday, -- noqa: LT05
        cast({{ dbt.dateadd('day', 3, 'week_start_date') }} as date) as thursday_date

    from parts

),

final as (

    select
        date_day,
        calendar_year,
        calendar_quarter,
        calendar_month,
        day_of_month,
        month_start_date,
        week_start_date,
        cast(extract(year from thursday_date) as integer) as iso_year,
        cast(
            {{ whole_quotient('cast(extract(doy from thursday_date) as integer) - 1', 7) }} + 1 as integer
        ) as iso_week,
        cast(iso_weekday as integer) as iso_weekday,
        iso_weekday >= 6 as is_weekend

    from weeks

)

select * from final
