with

stores as (

    select * from {{ ref('dim_stores') }}

),

days as (

    select * from {{ ref('int_store_days_spined') }}

),

totals as (

    select * from {{ ref('int_category_days') }}

),

categories as (

    select distinct
        store_id,
        category

    from totals

),

-- a day without sales is a zero, not a gap
filled as (

    select
        days.store_id,
        categories.category,
        days.revenue_date,
        {{ dbt.datediff('stores.first_order_date', 'days.revenue_date', 'day') }} as day_number, -- noqa: LT05
        coalesce(totals.units_sold, 0) as units_sold,
        coalesce(totals.gross_amount, 0) as gross_revenue,
        coalesce(totals.discount_amount, 0) as discount_amount,
        coalesce(totals.return_amount, 0) as return_amount,
        coalesce(totals.gross_amount - totals.discount_amount - totals.return_amount, 0) as net_revenue

    from days

    inner join stores
        on days.store_id = stores.store_id

    inner join categories
        on days.store_id = categories.store_id

    left join totals
        on
            days.store_id = totals.store_id
            and categories.category = totals.category
            and days.revenue_date = totals.revenue_date

),

averaged as (

    {{ with_moving_averages('filled', ['store_id', 'category']) }}

),

compared as (

    {{ with_past('averaged', ['store_id', 'category'], 'day_number', 364, 'net_revenue_year_before') }}

),

final as (

    select
        store_id,
        category,
        revenue_date,
        cast(units_sold as bigint) as units_sold,
        cast(gross_revenue as numeric(18, 4)) as gross_revenue,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(net_revenue as numeric(18, 4)) as net_revenue,
        cast(net_revenue_7_day_average as numeric(18, 4)) as net_revenue_7_day_average,
        cast(net_revenue_30_day_average as numeric(18, 4)) as net_revenue_30_day_average,
        cast(net_revenue_year_before as numeric(18, 4)) as net_revenue_year_before,
        {{ growth_pct('net_revenue', 'net_revenue_year_before') }} as growth_year_over_year_pct

    from compared

)

select * from final
