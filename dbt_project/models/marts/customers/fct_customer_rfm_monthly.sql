{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'month_end_date', 'row_key': 'customer_id'}
) }}

with

customer_months as (

    select * from {{ ref('fct_customer_months') }}

    where running_order_count > 0

),

versions as (

    select * from {{ ref('int_month_ends_versioned') }}

),

stale as (

    {{ days_to_build(ref('int_month_ends_versioned'), 'month_end_date') }}

),

months as (

    select versions.*

    from versions

    inner join stale
        on
            versions.store_id = stale.store_id
            and versions.month_end_date = stale.month_end_date

),

rfm_segments as (

    select * from {{ ref('rfm_segments') }}

),

-- what was known at the end of a month is what the last month with orders or returns had left
as_known as (

    select
        months.store_id,
        customer_months.customer_id,
        months.month_end_date,
        months.day_version,
        {{ dbt.datediff('customer_months.running_last_order_date', 'months.month_end_date', 'day') }} as recency_days, -- noqa: LT05
        customer_months.running_order_count as frequency_count,
        customer_months.running_net_revenue as monetary_amount,
        case
            when customer_months.month_start_date = months.month_start_date then customer_months.net_revenue
            else 0
        end as month_net_revenue

    from customer_months

    inner join months
        on
            customer_months.store_id = months.store_id
            and customer_months.month_start_date <= months.month_start_date
            and months.month_start_date < coalesce(customer_months.next_month_start_date, cast('9999-12-31' as date))

),

-- the key that differs most goes first: it is what sorting compares
scored as (

    select
        *,
        {{ middle_score('recency_days', 'month_end_date, store_id', descending=true) }} as r_score,
        {{ lowest_score('frequency_count', 'month_end_date, store_id') }} as f_score,
        {{ middle_score('monetary_amount', 'month_end_date, store_id') }} as m_score

    from as_known

),

final as (

    select
        scored.store_id,
        scored.customer_id,
        scored.month_end_date,
        cast(scored.recency_days as integer) as recency_days,
        scored.frequency_count,
        scored.monetary_amount,
        cast(scored.month_net_revenue as numeric(18, 4)) as month_net_revenue,
        scored.r_score,
        scored.f_score,
        scored.m_score,
        rfm_segments.rfm_segment,
        scored.day_version

    from scored

    -- the cell as one number: of a key of three PostgreSQL expects so little that it would hash the customers
    left join rfm_segments
        on
            100 * scored.r_score + 10 * scored.f_score + scored.m_score
            = 100 * rfm_segments.r_score + 10 * rfm_segments.f_score + rfm_segments.m_score

)

select * from final
{{- and_replaced('stale', 'month_end_date') }}
