{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'revenue_date', 'row_key': 'product_id'}
) }}

{% set versions = ref('int_revenue_days_versioned') %}

with

stores as (

    select * from {{ ref('dim_stores') }}

),

stale as (

    {{ days_to_build(versions, 'revenue_date') }}

),

rebuilt as (

    {{ reached(versions, 'stale', 'day', 'revenue_date', [(0, 29), (364, 364)]) }}

),

needed as (

    {{ reached(versions, 'rebuilt', 'day', 'revenue_date', [(-29, 0), (-364, -364)]) }}

),

product_days as (

    select
        product_days.store_id,
        product_days.product_id,
        product_days.revenue_date,
        {{ dbt.datediff('stores.first_order_date', 'product_days.revenue_date', 'day') }} as day_number, -- noqa: LT05
        product_days.order_count,
        product_days.units_sold,
        product_days.gross_amount as gross_revenue,
        product_days.discount_amount,
        product_days.return_amount,
        product_days.net_amount as net_revenue,
        product_days.day_version

    from {{ ref('int_product_days') }} as product_days

    inner join needed
        on
            product_days.store_id = needed.store_id
            and product_days.revenue_date = needed.revenue_date

    inner join stores
        on product_days.store_id = stores.store_id

    where product_days.revenue_date <= stores.as_of_date

),

averaged as (

    {{ with_moving_averages('product_days', ['store_id', 'product_id']) }}

),

compared as (

    {{ with_past('averaged', ['store_id', 'product_id'], 'day_number', 364, 'net_revenue_year_before') }}

),

final as (

    select
        compared.store_id,
        compared.product_id,
        compared.revenue_date,
        compared.order_count,
        compared.units_sold,
        compared.gross_revenue,
        compared.discount_amount,
        compared.return_amount,
        compared.net_revenue,
        cast(compared.net_revenue_7_day_average as numeric(18, 4)) as net_revenue_7_day_average,
        cast(compared.net_revenue_30_day_average as numeric(18, 4)) as net_revenue_30_day_average,
        cast(compared.net_revenue_year_before as numeric(18, 4)) as net_revenue_year_before,
        {{ growth_pct('compared.net_revenue', 'compared.net_revenue_year_before') }} as growth_year_over_year_pct,
        compared.day_version

    from compared

    inner join rebuilt
        on
            compared.store_id = rebuilt.store_id
            and compared.revenue_date = rebuilt.revenue_date

)

select * from final
{{- and_replaced('rebuilt', 'revenue_date') }}
