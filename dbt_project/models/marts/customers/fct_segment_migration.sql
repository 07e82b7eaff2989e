{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_from_changed_day('month_end_date') }}"
) }}
-- depends_on: {{ ref('int_order_changes') }}, {{ ref('int_stores') }}, {{ ref('stores') }}
with

{% if is_incremental() -%}
changed as (

    {{ first_changed_day('month_end_date') }}

),

{% endif -%}
-- in an increment from the month end before the first changed one on
customers as (

    select
        customers.store_id,
        customers.month_end_date,
        {{ 'changed.first_day' if is_incremental() else 'customers.month_end_date' }} as first_day,
        lag(customers.rfm_segment) over (
            partition by customers.customer_id, customers.store_id
            order by customers.month_end_date
        ) as previous_segment,
        customers.rfm_segment,
        customers.month_net_revenue,
        customers.monetary_amount,
        customers.load_id

    from {{ ref('fct_customer_rfm_monthly') }} as customers

    {% if is_incremental() -%}
    inner join changed
        on
            customers.store_id = changed.store_id
            and customers.month_end_date
            >= cast({{ dbt.dateadd('day', -1, dbt.date_trunc('month', 'changed.first_day')) }} as date)
    {%- endif %}

),

moves as (

    select
        store_id,
        month_end_date,
        coalesce(previous_segment, 'New') as from_segment,
        rfm_segment as to_segment,
        count(*) as customer_count,
        sum(month_net_revenue) as net_revenue,
        sum(monetary_amount) as monetary_amount,
        max(load_id) as load_id

    from customers

    where month_end_date >= first_day

    group by store_id, month_end_date, coalesce(previous_segment, 'New'), rfm_segment

),

final as (

    select
        store_id,
        month_end_date,
        from_segment,
        to_segment,
        cast(customer_count as integer) as customer_count,
        cast(
            100 * {{ ratio(
                'customer_count',
                'sum(customer_count) over (partition by store_id, month_end_date, from_segment)'
            ) }} as numeric(18, 4)
        ) as from_segment_share_pct,
        cast(net_revenue as numeric(18, 4)) as net_revenue,
        cast(monetary_amount as numeric(18, 4)) as monetary_amount,
        {{ load_through('load_id', ['fct_customer_rfm_monthly']) }} as load_id

    from moves

)

select * from final
