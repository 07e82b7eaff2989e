{% snapshot snap_customer_segments %}

with

segments as (

    select * from {{ ref('fct_customer_rfm') }}

),

stores as (

    select * from {{ ref('dim_stores') }}

),

recorded as (

    {{ open_versions('segments', ['store_id', 'customer_id'], ['r_score', 'f_score', 'm_score', 'rfm_segment']) }}

),

-- customers who are no longer scored keep a row without scores
followed as (

    select
        coalesce(segments.store_id, recorded.store_id) as store_id,
        coalesce(segments.customer_id, recorded.customer_id) as customer_id,
        segments.r_score,
        segments.f_score,
        segments.m_score,
        segments.rfm_segment,
        recorded.recorded_at

    from segments

    full outer join recorded
        on
            segments.store_id = recorded.store_id
            and segments.customer_id = recorded.customer_id

    -- only changes: dbt compares each row again
    where
        recorded.customer_id is null
        or segments.r_score is distinct from recorded.r_score
        or segments.f_score is distinct from recorded.f_score
        or segments.m_score is distinct from recorded.m_score
        or segments.rfm_segment is distinct from recorded.rfm_segment

),

dated as (

    select
        followed.*,
        stores.as_of_date

    from followed

    inner join stores
        on followed.store_id = stores.store_id

    -- a past that is rebuilt writes no history
    where {{ 'false' if var('as_of_date') else 'stores.as_of_date is not null' }}

)

select
    store_id,
    customer_id,
    r_score,
    f_score,
    m_score,
    rfm_segment,
    {{ record_at('as_of_date', 'recorded_at') }} as as_of_at

from dated

{% endsnapshot %}
