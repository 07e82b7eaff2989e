{{ config(post_hook="{{ analyze() }}") }}
with

days as (

    select * from {{ ref('int_store_days_spined') }}

),

totals as (

    select
        entries.store_id,
        coalesce(products.category, '(no category)') as category,
        entries.entry_date,
        sum(entries.units_sold) as units_sold,
        sum(entries.gross_amount) as gross_amount,
        sum(entries.discount_amount) as discount_amount,
        sum(entries.return_amount) as return_amount,
        sum(entries.net_amount) as net_amount

    from {{ ref('fct_revenue_entries') }} as entries

    left join {{ ref('dim_products') }} as products
        on
            entries.store_id = products.store_id
            and entries.product_id = products.product_id

    -- fees and excluded amounts have no category
    where
        (entries.entry_type = 'line' and entries.entry_kind in ('goods', 'return', 'discount'))
        or entries.gross_amount <> 0
        or entries.discount_amount <> 0
        or entries.return_amount <> 0

    group by entries.store_id, coalesce(products.category, '(no category)'), entries.entry_date

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
        days.day_number,
        coalesce(totals.units_sold, 0) as units_sold,
        coalesce(totals.gross_amount, 0) as gross_revenue,
        coalesce(totals.discount_amount, 0) as discount_amount,
        coalesce(totals.return_amount, 0) as return_amount,
        coalesce(totals.net_amount, 0) as net_revenue

    from days

    inner join categories
        on days.store_id = categories.store_id

    left join totals
        on
            days.store_id = totals.store_id
            and categories.category = totals.category
            and days.revenue_date = totals.entry_date

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
        cast(units_sold as numeric(18, 4)) as units_sold,
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
