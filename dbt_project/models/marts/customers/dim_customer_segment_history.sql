with

recorded as (

    select * from {{ ref('snap_customer_segments') }}

),

-- a snapshot keeps rows of stores that have left the seed
stores as (

    select * from {{ ref('dim_stores') }}

),

dated as (

    select
        recorded.store_id,
        recorded.customer_id,
        cast(recorded.dbt_valid_from as date) as valid_from_date,
        cast(recorded.dbt_valid_to as date) as replaced_date,
        recorded.r_score,
        recorded.f_score,
        recorded.m_score,
        recorded.rfm_segment

    from recorded

    inner join stores
        on recorded.store_id = stores.store_id

),

final as (

    select
        store_id,
        customer_id,
        valid_from_date,
        -- a later end is not known on as_of_date
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

    -- a row corrected on its first day is valid on no day
    where
        {{ is_known('valid_from_date') }}
        and (replaced_date > valid_from_date or replaced_date is null)

)

select * from final
