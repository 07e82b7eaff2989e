with

customers as (

    select * from {{ ref('dim_customers') }}

    where total_orders > 0

),

stores as (

    select * from {{ ref('dim_stores') }}

),

rfm_segments as (

    select * from {{ ref('rfm_segments') }}

),

scored as (

    select
        store_id,
        customer_id,
        recency_days,
        total_orders as frequency_count,
        total_spent as monetary_amount,
        {{ middle_score('recency_days', 'store_id', descending=true) }} as r_score,
        {{ lowest_score('total_orders', 'store_id') }} as f_score,
        {{ middle_score('total_spent', 'store_id') }} as m_score

    from customers

),

final as (

    select
        scored.store_id,
        scored.customer_id,
        stores.as_of_date,
        scored.recency_days,
        scored.frequency_count,
        scored.monetary_amount,
        scored.r_score,
        scored.f_score,
        scored.m_score,
        rfm_segments.rfm_segment

    from scored

    inner join stores
        on scored.store_id = stores.store_id

    left join rfm_segments
        on
            scored.r_score = rfm_segments.r_score
            and scored.f_score = rfm_segments.f_score
            and scored.m_score = rfm_segments.m_score

)

select * from final
