{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'month_end_date', 'row_key': 'from_segment'}
) }}

{% set versions = ref('int_month_ends_versioned') %}

with

stale as (

    {{ days_to_build(versions, 'month_end_date') }}

),

needed as (

    {{ reached(versions, 'stale', 'month', 'month_end_date', [(-1, 0)]) }}

),

customers as (

    select
        customers.*,
        lag(customers.rfm_segment) over (
            partition by customers.store_id, customers.customer_id
            order by customers.month_end_date
        ) as previous_segment

    from {{ ref('fct_customer_rfm_monthly') }} as customers

    inner join needed
        on
            customers.store_id = needed.store_id
            and customers.month_end_date = needed.month_end_date

),

moves as (

    select
        customers.store_id,
        customers.month_end_date,
        coalesce(customers.previous_segment, 'New') as from_segment,
        customers.rfm_segment as to_segment,
        stale.day_version,
        count(*) as customer_count,
        sum(customers.month_net_revenue) as net_revenue,
        sum(customers.monetary_amount) as monetary_amount

    from customers

    inner join stale
        on
            customers.store_id = stale.store_id
            and customers.month_end_date = stale.month_end_date

    group by
        customers.store_id,
        customers.month_end_date,
        coalesce(customers.previous_segment, 'New'),
        customers.rfm_segment,
        stale.day_version

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
        day_version

    from moves

)

select * from final
{{- and_replaced('stale', 'month_end_date') }}
