{% set keys = [
    'store_id', 'target', 'series_level', 'scored_key', 'model_name', 'is_champion', 'kind', 'period_days', 'cutoff_date',
    'lead_days_bucket'
] %}

with

-- single products are too irregular to be scored: they are scored together
forecasts as (

    select
        *,
        case when series_level = 'product' then '(all products)' else series_key end as scored_key,
        case
            when horizon_days <= 7 then '001-007'
            when horizon_days <= 28 then '008-028'
            when horizon_days <= 90 then '029-090'
            else '091 and more'
        end as lead_days_bucket

    from {{ ref('fct_forecasts') }}

    where is_scored

),

-- the predictions are read once: all that follows adds up these sums
summed as (

    select
        {{ keys | join(', ') }},
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

    group by {{ keys | join(', ') }}

),

-- the champions of each cutoff are one more model, `published`; all lead times together are one more bucket
scored as (

    {% for name, condition in [('model_name', 'true'), ("'published'", 'is_champion')] -%}
    {% set is_last_name = loop.last -%}
    {% for bucket in ['lead_days_bucket', "'all'"] -%}
    select
        *,
        {{ name }} as scored_name,
        {{ bucket }} as bucket

    from summed

    where {{ condition }}
    {{ 'union all' if not (is_last_name and loop.last) }}
    {% endfor -%}
    {% endfor %}
),

scores as (

    select
        store_id,
        target,
        series_level,
        scored_key as series_key,
        scored_name as model_name,
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

    from scored

    group by store_id, target, series_level, scored_key, scored_name, kind, period_days, bucket

),

-- every score beside those of the baselines
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
