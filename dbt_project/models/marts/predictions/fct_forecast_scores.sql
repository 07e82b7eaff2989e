with

scores as (

    select results.*

    from {{ ref('stg_ml__forecast_scores') }} as results

    inner join {{ ref('dim_stores') }} as stores
        on results.store_id = stores.store_id

),

-- no figure without its baseline
final as (

    select
        scores.store_id,
        scores.target,
        scores.series_level,
        scores.model_name,
        scores.period_days,
        scores.lead_days_bucket,
        scores.cutoff_count,
        scores.forecast_count,
        scores.rmse,
        scores.mae,
        scores.wape_rate,
        scores.mase,
        scores.bias,
        scores.bias_rate,
        weekday_mean.rmse as weekday_mean_rmse,
        weekday_mean.wape_rate as weekday_mean_wape_rate,
        scores.coverage_80_rate,
        scores.mean_width_80,
        scores.coverage_95_rate,
        scores.mean_width_95,
        scores.run_id,
        scores.created_at

    from scores

    left join scores as weekday_mean
        on
            scores.store_id = weekday_mean.store_id
            and scores.target = weekday_mean.target
            and scores.series_level = weekday_mean.series_level
            and scores.period_days = weekday_mean.period_days
            and scores.lead_days_bucket = weekday_mean.lead_days_bucket
            and weekday_mean.model_name = 'weekday_mean'

)

select * from final
