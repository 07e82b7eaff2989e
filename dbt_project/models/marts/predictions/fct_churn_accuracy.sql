with

predictions as (

    select * from {{ ref('fct_customer_predictions') }}

    where target = 'churn'

),

-- all models are scored on the customers that the baseline predicted too
beside_baseline as (

    select
        *,
        max(case when model_name = 'recency_alone' then forecast end) over (
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
            partition by store_id, kind, period_days, scored_name
            order by forecast desc, customer_id asc, cutoff_date asc
        ) as chance_rank,
        count(*) over (partition by store_id, kind, period_days, scored_name) as scored_count,
        ntile(10) over (
            partition by store_id, kind, period_days, scored_name
            order by forecast asc, customer_id asc, cutoff_date asc
        ) as tenth

    from scored

),

counted as (

    select
        *,
        sum(outcome) over (
            partition by store_id, kind, period_days, scored_name
            order by chance_rank asc
        ) as left_so_far,
        sum(forecast - outcome) over (partition by store_id, kind, period_days, scored_name, tenth) as tenth_error,
        count(*) over (partition by store_id, kind, period_days, scored_name, tenth) as tenth_count

    from ranked

),

-- precision at the rank of each customer who did not come back; calibration over tenths by chance
scores as (

    select
        store_id,
        scored_name,
        kind,
        period_days,
        count(distinct cutoff_date) as cutoff_count,
        count(*) as prediction_count,
        {{ mean('outcome') }} as base_rate,
        {{ mean('case when outcome = 1 then ' ~ ratio('left_so_far', 'chance_rank') ~ ' end') }} as average_precision,
        {{ ratio(mean('case when 10 * chance_rank <= scored_count then outcome end'), mean('outcome')) }} as lift,
        {{ mean('(forecast - outcome) * (forecast - outcome)') }} as brier_score,
        {{ mean('abs(' ~ ratio('tenth_error', 'tenth_count') ~ ')') }} as calibration_error

    from counted

    group by store_id, scored_name, kind, period_days

),

-- every score beside that of the baseline
final as (

    select
        scores.store_id,
        scores.scored_name as model_name,
        scores.kind,
        scores.period_days,
        cast(scores.cutoff_count as integer) as cutoff_count,
        cast(scores.prediction_count as integer) as prediction_count,
        cast(scores.base_rate as numeric(18, 6)) as base_rate,
        cast(scores.average_precision as numeric(18, 6)) as average_precision,
        cast(scores.lift as numeric(18, 6)) as lift,
        cast(scores.brier_score as numeric(18, 6)) as brier_score,
        cast(scores.calibration_error as numeric(18, 6)) as calibration_error,
        cast(baseline.average_precision as numeric(18, 6)) as recency_alone_average_precision,
        cast(baseline.brier_score as numeric(18, 6)) as recency_alone_brier_score

    from scores

    inner join scores as baseline
        on
            scores.store_id = baseline.store_id
            and scores.kind = baseline.kind
            and scores.period_days = baseline.period_days
            and baseline.scored_name = 'recency_alone'

)

select * from final
