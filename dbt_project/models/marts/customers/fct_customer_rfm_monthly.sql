{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_from_changed_day('month_end_date') }}",
    post_hook="{{ analyze() }}"
) }}
-- depends_on: {{ ref('int_order_changes') }}, {{ ref('int_stores') }}, {{ ref('stores') }}
with

customer_months as (

    select * from {{ ref('fct_customer_months') }}

    where running_order_count > 0

),

{% if is_incremental() -%}
changed as (

    {{ first_changed_day('month_end_date') }}

),

{% endif -%}
-- a change of a day changes what was known at all later month ends
months as (

    select
        days.store_id,
        days.month_start_date,
        days.revenue_date as month_end_date

    from {{ ref('int_store_days_spined') }} as days

    {% if is_incremental() -%}
    inner join changed
        on
            days.store_id = changed.store_id
            and days.revenue_date >= changed.first_day

    {% endif -%}
    where days.is_month_end

),

rfm_segments as (

    select * from {{ ref('rfm_segments') }}

),

-- a month end knows what the customer's last month with orders or returns had left
as_known as (

    select
        months.store_id,
        customer_months.customer_id,
        months.month_end_date,
        {{ dbt.datediff('customer_months.running_last_order_date', 'months.month_end_date', 'day') }} as recency_days, -- noqa: LT05
        customer_months.running_order_count as frequency_count,
        customer_months.running_net_revenue as monetary_amount,
        case
            when customer_months.month_start_date = months.month_start_date then customer_months.net_revenue
            else 0
        end as month_net_revenue,
        customer_months.load_id

    from customer_months

    inner join months
        on
            customer_months.store_id = months.store_id
            and customer_months.month_start_date <= months.month_start_date
            and months.month_start_date < coalesce(customer_months.next_month_start_date, cast('9999-12-31' as date))

),

-- most selective column first (cheaper sort)
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
        {{ load_through('scored.load_id', ['fct_customer_months']) }} as load_id

    from scored

    -- one number: PostgreSQL underestimates a join by three columns and would hash the customers
    left join rfm_segments
        on
            100 * scored.r_score + 10 * scored.f_score + scored.m_score
            = 100 * rfm_segments.r_score + 10 * rfm_segments.f_score + rfm_segments.m_score

)

select * from final
