{{ config(post_hook="{{ analyze() }}") }}

with

stores as (

    select * from {{ ref('dim_stores') }}

),

-- periods that are over; the latest predictions are in dim_customer_scores
predictions as (

    select predictions.*

    from {{ ref('stg_ml__forecast_results') }} as predictions

    inner join stores
        on
            predictions.store_id = stores.store_id
            and predictions.forecast_date <= stores.as_of_date

    where predictions.series_level = 'customer'

),

customer_days as (

    select * from {{ ref('fct_customer_days') }}

),

-- each period once: several models share it
periods as (

    select distinct
        store_id,
        series_key as customer_id,
        cutoff_date,
        forecast_date

    from predictions

),

outcomes as (

    select
        periods.store_id,
        periods.customer_id,
        periods.cutoff_date,
        periods.forecast_date,
        coalesce(sum(customer_days.net_revenue), 0) as net_revenue,
        max(case when customer_days.is_purchase then 1 else 0 end) as has_purchase

    from periods

    left join customer_days
        on
            periods.store_id = customer_days.store_id
            and periods.customer_id = customer_days.customer_id
            and periods.cutoff_date < customer_days.revenue_date
            and periods.forecast_date >= customer_days.revenue_date

    group by periods.store_id, periods.customer_id, periods.cutoff_date, periods.forecast_date

),

final as (

    select
        predictions.store_id,
        predictions.target,
        predictions.series_key as customer_id,
        predictions.model_name,
        predictions.kind,
        predictions.cutoff_date,
        predictions.forecast_date,
        predictions.period_days,
        predictions.forecast,
        predictions.lower_80,
        predictions.upper_80,
        predictions.lower_95,
        predictions.upper_95,
        predictions.is_champion,
        cast(
            case
                when predictions.target = 'clv' then outcomes.net_revenue
                else 1 - outcomes.has_purchase
            end as numeric(18, 4)
        ) as outcome

    from predictions

    inner join outcomes
        on
            predictions.store_id = outcomes.store_id
            and predictions.series_key = outcomes.customer_id
            and predictions.cutoff_date = outcomes.cutoff_date
            and predictions.forecast_date = outcomes.forecast_date

)

select * from final
