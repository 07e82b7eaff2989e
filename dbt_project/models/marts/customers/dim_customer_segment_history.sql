{{ config(materialized='view') }}

with

recorded as (

    select * from {{ ref('snap_customer_segments') }}

),

dated as (

    select
        store_id,
        customer_id,
        cast(dbt_valid_from as date) as valid_from_date,
        cast(dbt_valid_to as date) as replaced_date,
        r_score,
        f_score,
        m_score,
        rfm_segment

    from recorded

),

final as (

    select
        store_id,
        customer_id,
        valid_from_date,
        -- on as_of_date nobody knew yet what would come after it
        case
            when {{ is_known('replaced_date') }}
                then cast({{ dbt.dateadd('day', -1, 'replaced_date') }} as date)
        end as valid_to_date,
        rfm_segment,
        case when rfm_segment is null then 'no_order_left' end as segment_unknown_reason,
        r_score,
        f_score,
        m_score

    from dated

    -- what was corrected on its own day held on no day
    where
        {{ is_known('valid_from_date') }}
        and (replaced_date > valid_from_date or replaced_date is null)

)

select * from final
