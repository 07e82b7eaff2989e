with

predictions as (

    -- customers stand in fct_customer_predictions
    select * from {{ ref('stg_ml__forecast_results') }}

    where series_level <> 'customer'

),

daily_revenue as (

    select * from {{ ref('fct_daily_revenue') }}

),

periods as (

    select distinct
        store_id,
        forecast_date,
        period_days

    from predictions

),

-- a period that is not yet over has fewer days than it should, and no outcome
outcomes as (

    select
        periods.store_id,
        periods.forecast_date,
        periods.period_days,
        sum(daily_revenue.net_revenue) as net_revenue

    from periods

    inner join daily_revenue
        on
            periods.store_id = daily_revenue.store_id
            and periods.forecast_date >= daily_revenue.revenue_date
            and {{ dbt.dateadd('day', '-periods.period_days', 'periods.forecast_date') }} < daily_revenue.revenue_date

    group by periods.store_id, periods.forecast_date, periods.period_days

    having count(*) = periods.period_days

),

final as (

    select
        predictions.store_id,
        predictions.target,
        predictions.series_level,
        predictions.series_key,
        predictions.model_name,
        predictions.kind,
        predictions.cutoff_date,
        predictions.forecast_date,
        predictions.period_days,
        predictions.horizon_days,
        predictions.forecast,
        predictions.lower_80,
        predictions.upper_80,
        predictions.lower_95,
        predictions.upper_95,
        predictions.is_champion,
        predictions.run_id,
        predictions.data_fingerprint,
        predictions.created_at,
        cast(outcomes.net_revenue as numeric(18, 4)) as actual_amount,
        outcomes.net_revenue is not null as is_scored

    from predictions

    left join outcomes
        on
            predictions.store_id = outcomes.store_id
            and predictions.forecast_date = outcomes.forecast_date
            and predictions.period_days = outcomes.period_days
            and predictions.target = 'net_revenue'
            and predictions.series_level = 'total'

)

select * from final
