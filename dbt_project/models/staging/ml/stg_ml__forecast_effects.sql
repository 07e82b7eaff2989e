with

source as (

    select * from {{ source('ml', 'forecast_effects') }}

),

renamed as (

    select
        -- keys
        store_id,
        cutoff_date,
        forecast_date,

        -- measures
        cast(holiday_factor as numeric(18, 8)) as holiday_factor,
        cast(promotion_factor as numeric(18, 8)) as promotion_factor,
        cast(season_factor as numeric(18, 8)) as season_factor,

        -- properties
        is_shut,

        -- origin
        run_id,
        created_at

    from source

)

select * from renamed
