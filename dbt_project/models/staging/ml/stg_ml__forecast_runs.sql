with

source as (

    select * from {{ source('ml', 'forecast_runs') }}

),

renamed as (

    select
        -- keys
        store_id,
        run_id,

        -- properties
        kind,
        cutoff_date,
        horizon_days,
        training_run_id,
        trained_on_date,
        data_fingerprint,
        code_version,
        cast(parameters as {{ dbt.type_string() }}) as parameters,
        cast(metrics as {{ dbt.type_string() }}) as metrics,

        -- measures
        elapsed_seconds,

        -- origin
        created_at

    from source

)

select * from renamed
