with

source as (

    select * from {{ source('ml', 'forecast_scores') }}

),

renamed as (

    select
        -- keys
        store_id,
        target,
        series_level,
        model_name,
        period_days,
        lead_days_bucket,

        -- measures
        cutoff_count,
        forecast_count,
        cast(rmse as numeric(18, 4)) as rmse,
        cast(mae as numeric(18, 4)) as mae,
        cast(wape_rate as numeric(18, 6)) as wape_rate,
        cast(mase as numeric(18, 6)) as mase,
        cast(bias as numeric(18, 4)) as bias,
        cast(bias_rate as numeric(18, 6)) as bias_rate,
        cast(covered_80_rate as numeric(18, 6)) as coverage_80_rate,
        cast(width_80 as numeric(18, 4)) as mean_width_80,
        cast(covered_95_rate as numeric(18, 6)) as coverage_95_rate,
        cast(width_95 as numeric(18, 4)) as mean_width_95,

        -- origin
        run_id,
        created_at

    from source

)

select * from renamed
