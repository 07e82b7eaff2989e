with

forecasts as (

    select * from {{ ref('fct_forecasts') }}

    where is_scored

),

-- everything below adds up sums: the predictions themselves are read once
summed as (

    select
        store_id,
        target,
        series_level,
        -- each product by itself says little: they are judged together
        case when series_level = 'product' then '(all products)' else series_key end as series_key,
        model_name,
        is_champion,
        kind,
        period_days,
        cutoff_date,
        case
            when horizon_days <= 7 then '001-007'
            when horizon_days <= 28 then '008-028'
            when horizon_days <= 90 then '029-090'
            else '091 and more'
        end as lead_days_bucket,
        count(*) as forecast_count,
        sum(actual_amount) as actual_amount,
        sum(abs(actual_amount)) as absolute_amount,
        sum((forecast - actual_amount) * (forecast - actual_amount)) as squared_error,
        sum(abs(forecast - actual_amount)) as absolute_error,
        sum(forecast - actual_amount) as error,
        count(lower_80) as band_80_count,
        count(lower_95) as band_95_count,
        sum(case when actual_amount between lower_80 and upper_80 then 1 else 0 end) as covered_80_count,
        sum(case when actual_amount between lower_95 and upper_95 then 1 else 0 end) as covered_95_count,
        sum(upper_80 - lower_80) as width_80,
        sum(upper_95 - lower_95) as width_95

    from forecasts

    group by
        store_id,
        target,
        series_level,
        case when series_level = 'product' then '(all products)' else series_key end,
        model_name,
        is_champion,
        kind,
        period_days,
        cutoff_date,
        case
            when horizon_days <= 7 then '001-007'
            when horizon_days <= 28 then '008-028'
            when horizon_days <= 90 then '029-090'
            else '091 and more'
        end

),

-- what was published at each cutoff is judged as a model of its own
judged as (

    select
        *,
        model_name as judged_name

    from summed

    union all

    select
        *,
        'published' as judged_name

    from summed

    where is_champion

),

bucketed as (

    select
        *,
        lead_days_bucket as bucket

    from judged

    union all

    select
        *,
        'all' as bucket

    from judged

),

scores as (

    select
        store_id,
        target,
        series_level,
        series_key,
        judged_name as model_name,
        kind,
        period_days,
        bucket as lead_days_bucket,
        count(distinct cutoff_date) as cutoff_count,
        sum(forecast_count) as forecast_count,
        {{ ratio('sum(actual_amount)', 'sum(forecast_count)') }} as mean_actual_amount,
        {{ root_of_mean('sum(squared_error)', 'sum(forecast_count)') }} as rmse,
        {{ ratio('sum(absolute_error)', 'sum(forecast_count)') }} as mae,
        {{ ratio('sum(absolute_error)', 'sum(absolute_amount)') }} as wape_rate,
        {{ ratio('sum(error)', 'sum(forecast_count)') }} as bias,
        sum(band_80_count) as band_count,
        {{ ratio('sum(covered_80_count)', 'sum(band_80_count)') }} as coverage_80_rate,
        {{ ratio('sum(covered_95_count)', 'sum(band_95_count)') }} as coverage_95_rate,
        {{ ratio('sum(width_80)', 'sum(band_80_count)') }} as mean_width_80,
        {{ ratio('sum(width_95)', 'sum(band_95_count)') }} as mean_width_95

    from bucketed

    group by store_id, target, series_level, series_key, judged_name, kind, period_days, bucket

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
        cast(seasonal_naive.mae as numeric(18, 4)) as seasonal_naive_mae,
        cast(seasonal_naive.wape_rate as numeric(18, 6)) as seasonal_naive_wape_rate,
        cast(weekday_mean.rmse as numeric(18, 4)) as weekday_mean_rmse,
        cast(weekday_mean.mae as numeric(18, 4)) as weekday_mean_mae,
        cast(weekday_mean.wape_rate as numeric(18, 6)) as weekday_mean_wape_rate,
        cast(
            case
                when scores.forecast_count = seasonal_naive.forecast_count
                    then {{ ratio('scores.mae', 'seasonal_naive.mae') }}
            end as numeric(18, 6)
        ) as mae_to_seasonal_naive_ratio,
        cast(scores.band_count as integer) as band_count,
        cast(scores.coverage_80_rate as numeric(18, 6)) as coverage_80_rate,
        cast(scores.coverage_95_rate as numeric(18, 6)) as coverage_95_rate,
        cast(scores.mean_width_80 as numeric(18, 4)) as mean_width_80,
        cast(scores.mean_width_95 as numeric(18, 4)) as mean_width_95

    from scores

    left join scores as seasonal_naive
        on {{ same_days('scores', 'seasonal_naive') }}

    left join scores as weekday_mean
        on {{ same_days('scores', 'weekday_mean') }}

)

select * from final
