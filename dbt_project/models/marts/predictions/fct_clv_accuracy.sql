with

predictions as (

    select * from {{ ref('fct_customer_predictions') }}

    where target = 'clv'

),

-- all models are scored on the customers that the baseline predicted too
beside_baseline as (

    select
        *,
        max(case when model_name = 'naive_rate' then forecast end) over (
            partition by customer_id, store_id, kind, cutoff_date, period_days
        ) as baseline_forecast

    from predictions

),

same_customers as (

    select * from beside_baseline

    where baseline_forecast is not null

),

-- the champions of each cutoff are scored as one more model, `published`
scored as (

    select
        *,
        model_name as scored_name

    from same_customers

    union all

    select
        *,
        'published' as scored_name

    from same_customers

    where is_champion

),

ranked as (

    select
        *,
        row_number() over (
            partition by store_id, kind, period_days, cutoff_date, scored_name
            order by forecast desc, customer_id asc
        ) as forecast_rank,
        row_number() over (
            partition by store_id, kind, period_days, cutoff_date, scored_name
            order by baseline_forecast desc, customer_id asc
        ) as naive_rank,
        count(*) over (partition by store_id, kind, period_days, cutoff_date, scored_name) as scored_count,
        -- null without an interval
        case when lower_80 <= outcome and outcome <= upper_80 then 1 when lower_80 is not null then 0 end
            as is_in_band_80,
        case when lower_95 <= outcome and outcome <= upper_95 then 1 when lower_95 is not null then 0 end
            as is_in_band_95

    from scored

),

final as (

    select
        store_id,
        scored_name as model_name,
        kind,
        period_days,
        cast(count(distinct cutoff_date) as integer) as cutoff_count,
        cast(count(*) as integer) as prediction_count,
        cast({{ mean('outcome') }} as numeric(18, 4)) as mean_outcome_amount,
        cast({{ mean('abs(forecast - outcome)') }} as numeric(18, 4)) as mae,
        cast({{ mean('forecast - outcome') }} as numeric(18, 4)) as bias,
        cast(
            {{ ratio('sum(case when 10 * forecast_rank <= scored_count then outcome else 0 end)', 'sum(outcome)') }}
            as numeric(18, 6)
        ) as captured_rate,
        cast({{ mean('abs(baseline_forecast - outcome)') }} as numeric(18, 4)) as naive_rate_mae,
        cast(
            {{ ratio('sum(case when 10 * naive_rank <= scored_count then outcome else 0 end)', 'sum(outcome)') }}
            as numeric(18, 6)
        ) as naive_rate_captured_rate,
        cast(count(lower_80) as integer) as band_count,
        cast(
            {{ mean('is_in_band_80') }}
            as numeric(18, 6)
        ) as coverage_80_rate,
        cast(
            {{ mean('is_in_band_95') }}
            as numeric(18, 6)
        ) as coverage_95_rate

    from ranked

    group by store_id, scored_name, kind, period_days

)

select * from final
