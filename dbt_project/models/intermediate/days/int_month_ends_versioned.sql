with

months as (

    select * from {{ ref('int_store_months_spined') }}

),

months_of_days as (

    select
        store_id,
        cast({{ dbt.date_trunc('month', 'revenue_date') }} as date) as month_start_date,
        {{ version_of_days('day_version') }} as day_version

    from {{ ref('int_revenue_days_versioned') }}

    group by store_id, cast({{ dbt.date_trunc('month', 'revenue_date') }} as date)

),

versioned as (

    select
        months.store_id,
        months.month_start_date,
        months.month_end_date,
        {{ version_of_days('months_of_days.day_version') }} as day_version

    from months

    inner join months_of_days
        on
            months.store_id = months_of_days.store_id
            and months.month_start_date >= months_of_days.month_start_date

    group by months.store_id, months.month_start_date, months.month_end_date

)

select * from versioned
