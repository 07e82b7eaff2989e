with

predictions as (

    select * from {{ ref('fct_customer_predictions') }}

    where target = 'churn'

),

-- all models are judged on the customers of whom the baseline spoke too
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

-- what was published at each cutoff is judged as a model of its own
judged as (

    select
        *,
        model_name as judged_name

    from same_customers

    union all

    select
        *,
        'published' as judged_name

    from same_customers

    where is_champion

),

ranked as (

    select
        *,
        row_number() over (
            partition by store_id, kind, period_days, judged_name
            order by forecast desc, customer_id asc, cutoff_date asc
        ) as chance_rank,
        count(*) over (partition by store_id, kind, period_days, judged_name) as judged_count,
        ntile(10) over (
            partition by store_id, kind, period_days, judged_name
            order by forecast asc, customer_id asc, cutoff_date asc
        ) as tenth

    from judged

),

counted as (

    select
        *,
        sum(outcome) over (
            partition by store_id, kind, period_days, judged_name
            order by chance_rank asc
        ) as left_so_far

    from ranked

),

-- precision at the place of each who stayed away
precise as (

    select
        *,
        case
            when outcome = 1
                then {{ ratio('left_so_far', 'chance_rank') }}
        end as precision_rate

    from counted

),

tenths as (

    select
        store_id,
        judged_name,
        kind,
        period_days,
        abs({{ mean('forecast') }} - {{ mean('outcome') }}) as distance,
        count(*) as tenth_count

    from precise

    group by store_id, judged_name, kind, period_days, tenth

),

calibrations as (

    select
        store_id,
        judged_name,
        kind,
        period_days,
        {{ ratio('sum(distance * tenth_count)', 'sum(tenth_count)') }} as calibration_error

    from tenths

    group by store_id, judged_name, kind, period_days

),

scores as (

    select
        store_id,
        judged_name,
        kind,
        period_days,
        count(distinct cutoff_date) as cutoff_count,
        count(*) as prediction_count,
        {{ mean('outcome') }} as base_rate,
        {{ mean('precision_rate') }} as average_precision,
        {{ ratio(mean('case when 10 * chance_rank <= judged_count then outcome end'), mean('outcome')) }} as lift,
        {{ mean('(forecast - outcome) * (forecast - outcome)') }} as brier_score

    from precise

    group by store_id, judged_name, kind, period_days

),

-- no figure without its baseline
final as (

    select
        scores.store_id,
        scores.judged_name as model_name,
        scores.kind,
        scores.period_days,
        cast(scores.cutoff_count as integer) as cutoff_count,
        cast(scores.prediction_count as integer) as prediction_count,
        cast(scores.base_rate as numeric(18, 6)) as base_rate,
        cast(scores.average_precision as numeric(18, 6)) as average_precision,
        cast(scores.lift as numeric(18, 6)) as lift,
        cast(scores.brier_score as numeric(18, 6)) as brier_score,
        cast(calibrations.calibration_error as numeric(18, 6)) as calibration_error,
        cast(baseline.average_precision as numeric(18, 6)) as recency_alone_average_precision,
        cast(baseline.brier_score as numeric(18, 6)) as recency_alone_brier_score

    from scores

    inner join calibrations
        on
            scores.store_id = calibrations.store_id
            and scores.judged_name = calibrations.judged_name
            and scores.kind = calibrations.kind
            and scores.period_days = calibrations.period_days

    inner join scores as baseline
        on
            scores.store_id = baseline.store_id
            and scores.kind = baseline.kind
            and scores.period_days = baseline.period_days
            and baseline.judged_name = 'recency_alone'

)

select * from final
