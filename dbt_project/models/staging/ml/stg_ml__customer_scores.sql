with

source as (

    select * from {{ source('ml', 'customer_scores') }}

),

renamed as (

    select
        -- keys
        store_id,
        customer_id,
        as_of_date,

        -- properties
        churn_window_days,
        churn_risk,
        reason_1,
        reason_2,
        not_scored_reason,
        segment_number,
        segment_name,

        -- origin
        run_id,
        data_fingerprint,
        created_at

    from source

)

select * from renamed
