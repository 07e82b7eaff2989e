with

customers as (

    select * from {{ ref('dim_customers') }}

    where total_orders > 0

),

rfm_segments as (

    select * from {{ ref('rfm_segments') }}

),

-- from 0 (worst) to 1 (best); equal values have equal ranks, so that no score splits a tie
ranked as (

    select
        store_id,
        customer_id,
        recency_days,
        total_orders as frequency_count,
        total_spent as monetary_amount,
        {{ middle_rank('recency_days', descending=true) }} as recency_rank,
        -- however many bought only once, one order is the lowest frequency and no middle one
        percent_rank() over (partition by store_id order by total_orders asc) as frequency_rank,
        {{ middle_rank('total_spent') }} as monetary_rank

    from customers

),

scored as (

    select
        store_id,
        customer_id,
        recency_days,
        frequency_count,
        monetary_amount,
        cast(least(floor(recency_rank * 5) + 1, 5) as integer) as r_score,
        cast(least(floor(frequency_rank * 5) + 1, 5) as integer) as f_score,
        cast(least(floor(monetary_rank * 5) + 1, 5) as integer) as m_score

    from ranked

),

final as (

    select
        scored.store_id,
        scored.customer_id,
        scored.recency_days,
        scored.frequency_count,
        scored.monetary_amount,
        scored.r_score,
        scored.f_score,
        scored.m_score,
        rfm_segments.rfm_segment

    from scored

    left join rfm_segments
        on
            scored.r_score = rfm_segments.r_score
            and scored.f_score = rfm_segments.f_score
            and scored.m_score = rfm_segments.m_score

)

select * from final
