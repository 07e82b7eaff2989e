with

source as (

    select * from {{ source('ml', 'forecast_results') }}

),

renamed as (

    select
        -- keys
        store_id,
        target,
        series_level,
        series_key,
        model_name,
        kind,
        cutoff_date,
        forecast_date,
        period_days,

        -- properties
        horizon_days,

        -- measures
        forecast,
        lower_80,
        upper_80,
        lower_95,
        upper_95,

        -- origin
        is_champion,
        run_id,
        data_fingerprint,
        created_at

    from source

)

select * from renamed
