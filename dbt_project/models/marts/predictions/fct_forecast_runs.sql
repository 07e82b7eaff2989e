with

runs as (

    select results.*

    from {{ ref('stg_ml__forecast_runs') }} as results

    inner join {{ ref('dim_stores') }} as stores
        on results.store_id = stores.store_id

),

final as (

    select
        store_id,
        run_id,
        kind,
        cutoff_date,
        horizon_days,
        training_run_id,
        trained_on_date,
        cast({{ dbt.datediff('trained_on_date', 'cutoff_date', 'day') }} as integer) as training_age_days, -- noqa: LT05
        data_fingerprint,
        code_version,
        parameters,
        metrics,
        elapsed_seconds,
        created_at

    from runs

)

select * from final
