{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'month_start_date', 'row_key': 'product_id'}
) }}

{% set measures = [
    'units_sold',
    'gross_revenue',
    'discount_amount',
    'return_amount',
    'net_revenue'
] %}

{% set versions = '(' ~ period_versions('month', 'month_start_date') ~ ')' %}

with

stores as (

    select * from {{ ref('dim_stores') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

stale as (

    {{ days_to_build(versions, 'month_start_date') }}

),

rebuilt as (

    {{ reached(versions, 'stale', 'month', 'month_start_date', [(0, 1), (12, 12)]) }}

),

needed as (

    {{ reached(versions, 'rebuilt', 'month', 'month_start_date', [(-1, 0), (-12, -12)]) }}

),

daily as (

    select daily.*

    from {{ ref('fct_daily_revenue_by_product') }} as daily

    inner join dates
        on daily.revenue_date = dates.date_day

    inner join needed
        on
            daily.store_id = needed.store_id
            and dates.month_start_date = needed.month_start_date

),

periods as (

    {{ sum_by_period('daily', ['store_id', 'product_id'], 'month', measures) }}

),

followed as (

    {{ with_past(
        'periods', ['store_id', 'product_id'], 'period_number', 1, 'net_revenue_previous_month',
        first='first_complete_number'
    ) }}

),

compared as (

    {{ with_past(
        'followed', ['store_id', 'product_id'], 'period_number', 12, 'net_revenue_year_before',
        first='first_complete_number'
    ) }}

),

final as (

    select
        compared.store_id,
        compared.product_id,
        compared.period_start_date as month_start_date,
        dates.calendar_year,
        dates.calendar_month,
        compared.is_complete,
        cast(compared.units_sold as bigint) as units_sold,
        cast(compared.gross_revenue as numeric(18, 4)) as gross_revenue,
        cast(compared.discount_amount as numeric(18, 4)) as discount_amount,
        cast(compared.return_amount as numeric(18, 4)) as return_amount,
        cast(compared.net_revenue as numeric(18, 4)) as net_revenue,
        cast(compared.net_revenue_previous_month as numeric(18, 4)) as net_revenue_previous_month,
        {{ growth_pct('compared.net_revenue', 'compared.net_revenue_previous_month', given='compared.is_complete') }}
            as growth_pct,
        cast(compared.net_revenue_year_before as numeric(18, 4)) as net_revenue_year_before,
        {{ growth_pct('compared.net_revenue', 'compared.net_revenue_year_before', given='compared.is_complete') }}
            as growth_year_over_year_pct,
        rebuilt.day_version

    from compared

    inner join rebuilt
        on
            compared.store_id = rebuilt.store_id
            and compared.period_start_date = rebuilt.month_start_date

    inner join dates
        on compared.period_start_date = dates.date_day

)

select * from final
{{- and_replaced('rebuilt', 'month_start_date') }}
