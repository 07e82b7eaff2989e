{{ config(post_hook="{{ analyze() }}") }}
with

days as (

    select * from {{ ref('int_store_days_spined') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

-- an order counts on its day, an amount on the day on which it moved
entries as (

    select
        store_id,
        country_code,
        order_date as revenue_date,
        case when is_sale then 1 else 0 end as order_count,
        0 as units_sold,
        0 as gross_amount,
        0 as discount_amount,
        0 as return_amount

    from orders

    union all

    select
        entries.store_id,
        orders.country_code,
        entries.entry_date as revenue_date,
        0 as order_count,
        entries.units_sold,
        entries.gross_amount,
        entries.discount_amount,
        entries.return_amount

    from {{ ref('fct_revenue_entries') }} as entries

    left join orders
        on
            entries.store_id = orders.store_id
            and entries.order_id = orders.order_id

    -- fees and excluded amounts are not shown by country
    where
        entries.units_sold <> 0
        or entries.gross_amount <> 0
        or entries.discount_amount <> 0
        or entries.return_amount <> 0

),

totals as (

    select
        store_id,
        coalesce(country_code, '(unknown)') as country_code,
        revenue_date,
        sum(order_count) as order_count,
        sum(units_sold) as units_sold,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(return_amount) as return_amount

    from entries

    group by store_id, coalesce(country_code, '(unknown)'), revenue_date

),

countries as (

    select distinct
        store_id,
        country_code

    from totals

),

-- a day without sales is a zero, not a gap
filled as (

    select
        days.store_id,
        countries.country_code,
        days.revenue_date,
        days.day_number,
        coalesce(totals.order_count, 0) as order_count,
        coalesce(totals.units_sold, 0) as units_sold,
        coalesce(totals.gross_amount, 0) as gross_revenue,
        coalesce(totals.discount_amount, 0) as discount_amount,
        coalesce(totals.return_amount, 0) as return_amount,
        coalesce(totals.gross_amount - totals.discount_amount - totals.return_amount, 0) as net_revenue

    from days

    inner join countries
        on days.store_id = countries.store_id

    left join totals
        on
            days.store_id = totals.store_id
            and countries.country_code = totals.country_code
            and days.revenue_date = totals.revenue_date

),

averaged as (

    {{ with_moving_averages('filled', ['store_id', 'country_code']) }}

),

compared as (

    {{ with_past('averaged', ['store_id', 'country_code'], 'day_number', 364, 'net_revenue_year_before') }}

),

final as (

    select
        store_id,
        country_code,
        revenue_date,
        cast(order_count as integer) as order_count,
        cast(units_sold as numeric(18, 4)) as units_sold,
        cast(gross_revenue as numeric(18, 4)) as gross_revenue,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(net_revenue as numeric(18, 4)) as net_revenue,
        cast({{ ratio('gross_revenue - discount_amount', 'order_count') }} as numeric(18, 4)) as average_order_value,
        cast(net_revenue_7_day_average as numeric(18, 4)) as net_revenue_7_day_average,
        cast(net_revenue_30_day_average as numeric(18, 4)) as net_revenue_30_day_average,
        cast(net_revenue_year_before as numeric(18, 4)) as net_revenue_year_before,
        {{ growth_pct('net_revenue', 'net_revenue_year_before') }} as growth_year_over_year_pct

    from compared

)

select * from final
