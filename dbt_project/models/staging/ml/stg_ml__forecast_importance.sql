with

source as (

    select * from {{ source('ml', 'forecast_importance') }}

),

renamed as (

    select
        -- keys
        store_id,
        model_name,
        feature,

        -- measures
        cast(importance as numeric(18, 6)) as importance_rate,
        importance_rank,

        -- origin
        run_id,
        created_at

    from source

)

select * from renamed
