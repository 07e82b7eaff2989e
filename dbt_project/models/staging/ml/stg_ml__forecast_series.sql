with

source as (

    select * from {{ source('ml', 'forecast_series') }}

),

renamed as (

    select
        -- keys
        store_id,
        series_level,
        series_key,
        cutoff_date,

        -- properties
        parent_key,
        status,
        method,

        -- origin
        run_id,
        created_at

    from source

)

select * from renamed
