with

forecasts as (

    select
        *,
        max(cutoff_date) over (partition by store_id) as latest_cutoff_date

    from {{ ref('fct_forecasts') }}

    where
        target = 'net_revenue'
        and series_level = 'total'
        and kind = 'live'
        and period_days = 1

),

effects as (

    select
        store_id,
        cutoff_date,
        forecast_date,
        promotion_factor,
        case when is_shut then 0 else cast(holiday_factor * season_factor as numeric(18, 8)) end as calendar_factor

    from {{ ref('stg_ml__forecast_effects') }}

),

-- the forecast of a week ago, or the last one before that
cutoffs as (

    select
        store_id,
        latest_cutoff_date as cutoff_date,
        max(cutoff_date) as previous_cutoff_date

    from forecasts

    where {{ dbt.dateadd('day', 7, 'cutoff_date') }} <= latest_cutoff_date

    group by store_id, latest_cutoff_date

),

-- the published forecast, the one published then, and that of the current model made then
compared as (

    select
        cutoffs.store_id,
        published.forecast_date,
        cutoffs.cutoff_date,
        cutoffs.previous_cutoff_date,
        published.model_name,
        previous.model_name as previous_model_name,
        published.forecast,
        previous.forecast as previous_forecast,
        same_model.forecast is not null as is_model_known,
        coalesce(same_model.forecast, previous.forecast) as same_model_forecast,
        effects.promotion_factor,
        effects.calendar_factor,
        previous_effects.promotion_factor as previous_promotion_factor,
        previous_effects.calendar_factor as previous_calendar_factor

    from cutoffs

    inner join forecasts as published
        on
            cutoffs.store_id = published.store_id
            and cutoffs.cutoff_date = published.cutoff_date
            and published.is_champion

    inner join forecasts as previous
        on
            cutoffs.store_id = previous.store_id
            and cutoffs.previous_cutoff_date = previous.cutoff_date
            and published.forecast_date = previous.forecast_date
            and previous.is_champion

    left join forecasts as same_model
        on
            cutoffs.store_id = same_model.store_id
            and cutoffs.previous_cutoff_date = same_model.cutoff_date
            and published.forecast_date = same_model.forecast_date
            and published.model_name = same_model.model_name

    left join effects
        on
            cutoffs.store_id = effects.store_id
            and cutoffs.cutoff_date = effects.cutoff_date
            and published.forecast_date = effects.forecast_date

    left join effects as previous_effects
        on
            cutoffs.store_id = previous_effects.store_id
            and cutoffs.previous_cutoff_date = previous_effects.cutoff_date
            and published.forecast_date = previous_effects.forecast_date

),

-- effect of changed promotions on the current forecast
with_promotions as (

    select
        *,
        {{ amount_of_factor('forecast', 'same_model_forecast', 'promotion_factor', 'previous_promotion_factor') }}
            as promotion_amount

    from compared

),

-- effect of changed holidays, season and closed days on the rest
with_calendar as (

    select
        *,
        {{ amount_of_factor(
            '(forecast - promotion_amount)', 'same_model_forecast', 'calendar_factor', 'previous_calendar_factor'
        ) }} as calendar_amount

    from with_promotions

),

final as (

    select
        store_id,
        forecast_date,
        cutoff_date,
        previous_cutoff_date,
        model_name,
        previous_model_name,
        is_model_known,
        forecast,
        previous_forecast,
        cast(forecast - previous_forecast as numeric(18, 4)) as change_amount,
        cast(same_model_forecast - previous_forecast as numeric(18, 4)) as other_model_amount,
        promotion_amount,
        calendar_amount,
        cast(forecast - same_model_forecast - promotion_amount - calendar_amount as numeric(18, 4)) as new_data_amount

    from with_calendar

)

select * from final
