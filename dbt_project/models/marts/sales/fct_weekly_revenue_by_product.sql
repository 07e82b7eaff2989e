{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'week_start_date', 'row_key': 'product_id'}
) }}

{% set measures = [
    'units_sold',
    'gross_revenue',
    'discount_amount',
    'return_amount',
    'net_revenue'
] %}

{% set versions = '(' ~ period_versions('week', 'week_start_date') ~ ')' %}

with

stores as (

    select * from {{ ref('dim_stores') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

stale as (

    {{ days_to_build(versions, 'week_start_date') }}

),

rebuilt as (

    {{ reached(versions, 'stale', 'week', 'week_start_date', [(0, 1), (52, 52)]) }}

),

needed as (

    {{ reached(versions, 'rebuilt', 'week', 'week_start_date', [(-1, 0), (-52, -52)]) }}

),

daily as (

    select daily.*

    from {{ ref('fct_daily_revenue_by_product') }} as daily

    inner join dates
        on daily.revenue_date = dates.date_day

    inner join needed
        on
            daily.store_id = needed.store_id
            and dates.week_start_date = needed.week_start_date

),

periods as (

    {{ sum_by_period('daily', ['store_id', 'product_id'], 'week', measures) }}

),

followed as (

    {{ with_past(
        'periods', ['store_id', 'product_id'], 'period_number', 1, 'net_revenue_previous_week',
        first='first_complete_number'
    ) }}

),

compared as (

    {{ with_past(
        'followed', ['store_id', 'product_id'], 'period_number', 52, 'net_revenue_year_before',
        first='first_complete_number'
    ) }}

),

final as (

    select
        compared.store_id,
        compared.product_id,
        compared.period_start_date as week_start_date,
        dates.iso_year,
        dates.iso_week,
        compared.is_complete,
        cast(compared.units_sold as bigint) as units_sold,
        cast(compared.gross_revenue as numeric(18, 4)) as gross_revenue,
        cast(compared.discount_amount as numeric(18, 4)) as discount_amount,
        cast(compared.return_amount as numeric(18, 4)) as return_amount,
        cast(compared.net_revenue as numeric(18, 4)) as net_revenue,
        cast(compared.net_revenue_previous_week as numeric(18, 4)) as net_revenue_previous_week,
        {{ growth_pct('compared.net_revenue', 'compared.net_revenue_previous_week', given='compared.is_complete') }}
            as growth_pct,
        cast(compared.net_revenue_year_before as numeric(18, 4)) as net_revenue_year_before,
        {{ growth_pct('compared.net_revenue', 'compared.net_revenue_year_before', given='compared.is_complete') }}
            as growth_year_over_year_pct,
        rebuilt.day_version

    from compared

    inner join rebuilt
        on
            compared.store_id = rebuilt.store_id
            and compared.period_start_date = rebuilt.week_start_date

    inner join dates
        on compared.period_start_date = dates.date_day

)

select * from final
{{- and_replaced('rebuilt', 'week_start_date') }}
