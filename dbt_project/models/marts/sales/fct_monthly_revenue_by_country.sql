{% set measures = [
    'order_count',
    'units_sold',
    'gross_revenue',
    'discount_amount',
    'return_amount',
    'net_revenue'
] %}

with

stores as (

    select * from {{ ref('dim_stores') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

daily as (

    select * from {{ ref('fct_daily_revenue_by_country') }}

),

periods as (

    {{ sum_by_period('daily', ['store_id', 'country_code'], 'month', measures) }}

),

followed as (

    {{ with_past(
        'periods', ['store_id', 'country_code'], 'period_number', 1, 'net_revenue_previous_month',
        first='first_complete_number'
    ) }}

),

compared as (

    {{ with_past(
        'followed', ['store_id', 'country_code'], 'period_number', 12, 'net_revenue_year_before',
        first='first_complete_number'
    ) }}

),

final as (

    select
        compared.store_id,
        compared.country_code,
        compared.period_start_date as month_start_date,
        dates.calendar_year,
        dates.calendar_month,
        compared.is_complete,
        cast(compared.order_count as integer) as order_count,
        cast(compared.units_sold as bigint) as units_sold,
        cast(compared.gross_revenue as numeric(18, 4)) as gross_revenue,
        cast(compared.discount_amount as numeric(18, 4)) as discount_amount,
        cast(compared.return_amount as numeric(18, 4)) as return_amount,
        cast(compared.net_revenue as numeric(18, 4)) as net_revenue,
        cast(
            {{ ratio('compared.gross_revenue - compared.discount_amount', 'compared.order_count') }} as numeric(18, 4)
        ) as average_order_value,
        cast(compared.net_revenue_previous_month as numeric(18, 4)) as net_revenue_previous_month,
        {{ growth_pct('compared.net_revenue', 'compared.net_revenue_previous_month', given='compared.is_complete') }}
            as growth_pct,
        cast(compared.net_revenue_year_before as numeric(18, 4)) as net_revenue_year_before,
        {{ growth_pct('compared.net_revenue', 'compared.net_revenue_year_before', given='compared.is_complete') }}
            as growth_year_over_year_pct

    from compared

    inner join dates
        on compared.period_start_date = dates.date_day

)

select * from final
