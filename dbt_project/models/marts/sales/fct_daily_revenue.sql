with

stores as (

    select * from {{ ref('dim_stores') }}

),

days as (

    select * from {{ ref('int_store_days_spined') }}

),

totals as (

    select * from {{ ref('int_revenue_days') }}

),

-- a day without sales is a zero, not a gap
filled as (

    select
        days.store_id,
        days.revenue_date,
        {{ dbt.datediff('stores.first_order_date', 'days.revenue_date', 'day') }} as day_number, -- noqa: LT05
        coalesce(totals.order_count, 0) as order_count,
        coalesce(totals.guest_order_count, 0) as guest_order_count,
        coalesce(totals.customer_count, 0) as customer_count,
        coalesce(totals.units_sold, 0) as units_sold,
        coalesce(totals.gross_amount, 0) as gross_revenue,
        coalesce(totals.discount_amount, 0) as discount_amount,
        coalesce(totals.return_amount, 0) as return_amount,
        coalesce(totals.gross_amount - totals.discount_amount - totals.return_amount, 0) as net_revenue,
        coalesce(totals.fee_amount, 0) as fee_amount,
        coalesce(totals.excluded_amount, 0) as excluded_amount

    from days

    inner join stores
        on days.store_id = stores.store_id

    left join totals
        on
            days.store_id = totals.store_id
            and days.revenue_date = totals.revenue_date

),

averaged as (

    {{ with_moving_averages('filled', ['store_id']) }}

),

compared as (

    {{ with_past('averaged', ['store_id'], 'day_number', 364, 'net_revenue_year_before') }}

),

final as (

    select
        store_id,
        revenue_date,
        order_count,
        guest_order_count,
        customer_count,
        units_sold,
        cast(gross_revenue as numeric(18, 4)) as gross_revenue,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(net_revenue as numeric(18, 4)) as net_revenue,
        cast({{ ratio('gross_revenue - discount_amount', 'order_count') }} as numeric(18, 4)) as average_order_value,
        cast(fee_amount as numeric(18, 4)) as fee_amount,
        cast(excluded_amount as numeric(18, 4)) as excluded_amount,
        cast(net_revenue_7_day_average as numeric(18, 4)) as net_revenue_7_day_average,
        cast(net_revenue_30_day_average as numeric(18, 4)) as net_revenue_30_day_average,
        cast(net_revenue_year_before as numeric(18, 4)) as net_revenue_year_before,
        {{ growth_pct('net_revenue', 'net_revenue_year_before') }} as growth_year_over_year_pct

    from compared

)

select * from final
