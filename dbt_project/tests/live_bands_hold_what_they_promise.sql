{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_forecasts'}}}) }}
-- Bands that were published live and tested by 28 days or more of the last 90 hold about what they promise: rows are
-- stores whose 80 % bands held less than 65 or more than 95 % of days, or whose 95 % bands held less than 85 %.
with

stores as (

    select * from {{ ref('dim_stores') }}

),

recent as (

    select
        forecasts.store_id,
        forecasts.forecast_date,
        case
            when forecasts.actual_amount between forecasts.lower_80 and forecasts.upper_80 then 1
            when forecasts.lower_80 is not null then 0
        end as is_in_band_80,
        case
            when forecasts.actual_amount between forecasts.lower_95 and forecasts.upper_95 then 1
            when forecasts.lower_95 is not null then 0
        end as is_in_band_95

    from {{ ref('fct_forecasts') }} as forecasts

    inner join stores
        on
            forecasts.store_id = stores.store_id
            and forecasts.forecast_date > {{ dbt.dateadd('day', -90, 'stores.as_of_date') }}

    where
        forecasts.target = 'net_revenue'
        and forecasts.series_level = 'total'
        and forecasts.period_days = 1
        and forecasts.kind = 'live'
        and forecasts.is_champion
        and forecasts.is_scored

),

coverage as (

    select
        store_id,
        count(distinct case when is_in_band_80 is not null then forecast_date end) as day_count,
        {{ mean('is_in_band_80') }} as coverage_80_rate,
        {{ mean('is_in_band_95') }} as coverage_95_rate

    from recent

    group by store_id

)

select *

from coverage

where
    day_count >= 28
    and (coverage_80_rate not between 0.65 and 0.95 or coverage_95_rate < 0.85)
