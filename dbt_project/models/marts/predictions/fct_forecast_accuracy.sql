with

forecasts as (

    select * from {{ ref('fct_forecasts') }}

    where is_scored

),

-- what was published at each cutoff is judged as a model of its own
judged as (

    select
        store_id,
        target,
        series_level,
        series_key,
        model_name,
        kind,
        period_days,
        cutoff_date,
        horizon_days,
        forecast,
        actual_amount,
        lower_80,
        upper_80,
        lower_95,
        upper_95

    from forecasts

    union all

    select
        store_id,
        target,
        series_level,
        series_key,
        'published' as model_name,
        kind,
        period_days,
        cutoff_date,
        horizon_days,
        forecast,
        actual_amount,
        lower_80,
        upper_80,
        lower_95,
        upper_95

    from forecasts

    where is_champion

),

bucketed as (

    select
        *,
        case
            when horizon_days <= 7 then '001-007'
            when horizon_days <= 28 then '008-028'
            when horizon_days <= 90 then '029-090'
            else '091 and more'
        end as lead_days_bucket

    from judged

    union all

    select
        *,
        'all' as lead_days_bucket

    from judged

),

scores as (

    select
        store_id,
        target,
        series_level,
        series_key,
        model_name,
        kind,
        period_days,
        lead_days_bucket,
        count(distinct cutoff_date) as cutoff_count,
        count(*) as forecast_count,
        {{ mean('actual_amount') }} as mean_actual_amount,
        {{ root_mean_square('(forecast - actual_amount)') }} as rmse,
        {{ mean('abs(forecast - actual_amount)') }} as mae,
        {{ ratio('sum(abs(forecast - actual_amount))', 'sum(abs(actual_amount))') }} as wape_rate,
        {{ mean('forecast - actual_amount') }} as bias,
        count(lower_80) as band_count,
        {{ ratio(
            'sum(case when actual_amount between lower_80 and upper_80 then 1 else 0 end)', 'count(lower_80)'
        ) }} as coverage_80_rate,
        {{ ratio(
            'sum(case when actual_amount between lower_95 and upper_95 then 1 else 0 end)', 'count(lower_95)'
        ) }} as coverage_95_rate

    from bucketed

    group by store_id, target, series_level, series_key, model_name, kind, period_days, lead_days_bucket

),

-- no figure without its baseline
final as (

    select
        scores.store_id,
        scores.target,
        scores.series_level,
        scores.series_key,
        scores.model_name,
        scores.kind,
        scores.period_days,
        scores.lead_days_bucket,
        cast(scores.cutoff_count as integer) as cutoff_count,
        cast(scores.forecast_count as integer) as forecast_count,
        cast(scores.mean_actual_amount as numeric(18, 4)) as mean_actual_amount,
        cast(scores.rmse as numeric(18, 4)) as rmse,
        cast(scores.mae as numeric(18, 4)) as mae,
        cast(scores.wape_rate as numeric(18, 6)) as wape_rate,
        cast(scores.bias as numeric(18, 4)) as bias,
        cast(seasonal_naive.rmse as numeric(18, 4)) as seasonal_naive_rmse,
        cast(seasonal_naive.wape_rate as numeric(18, 6)) as seasonal_naive_wape_rate,
        cast(weekday_mean.rmse as numeric(18, 4)) as weekday_mean_rmse,
        cast(weekday_mean.wape_rate as numeric(18, 6)) as weekday_mean_wape_rate,
        cast(scores.band_count as integer) as band_count,
        cast(scores.coverage_80_rate as numeric(18, 6)) as coverage_80_rate,
        cast(scores.coverage_95_rate as numeric(18, 6)) as coverage_95_rate

    from scores

    left join scores as seasonal_naive
        on {{ same_days('scores', 'seasonal_naive') }}

    left join scores as weekday_mean
        on {{ same_days('scores', 'weekday_mean') }}

)

select * from final
