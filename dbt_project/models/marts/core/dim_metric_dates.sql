with

days as (

    select * from {{ ref('fct_daily_revenue') }}

),

final as (

    select
        revenue_date as date_day,
        cast(count(*) as integer) as store_count

    from days

    group by revenue_date

)

select * from final
