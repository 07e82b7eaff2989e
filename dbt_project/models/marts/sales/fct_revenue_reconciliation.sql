{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'revenue_date', 'row_key': 'raw_amount'}
) }}

with

days as (

    {{ days_to_build(ref('int_revenue_days_versioned'), 'revenue_date') }}

),

orders as (

    select
        orders.store_id,
        orders.order_id,
        orders.order_date

    from {{ ref('int_orders_dated') }} as orders

    inner join days
        on
            orders.store_id = days.store_id
            and orders.order_date = days.revenue_date

),

items as (

    {% if is_incremental() -%}
    {{ delivered_rows('order_items', of_orders='orders') }}
    {%- else -%}
    select * from {{ ref('int_order_items_unioned') }}
    {%- endif %}

),

-- what was delivered, summed without a look at what it counts as
delivered as (

    select
        orders.store_id,
        orders.order_date as revenue_date,
        items.total_price as amount

    from orders

    inner join items
        on
            orders.store_id = items.store_id
            and orders.order_id = items.order_id

    union all

    select
        adjustments.store_id,
        {{ store_date('adjustments.adjusted_at', 'stores.time_zone') }} as revenue_date,
        adjustments.amount

    from {{ ref('int_order_adjustments_unioned') }} as adjustments

    inner join {{ ref('stores') }} as stores
        on adjustments.store_id = stores.store_id

    -- no zone is further from UTC than a day
    where adjustments.adjusted_at >= (select {{ dbt.dateadd('day', -1, 'min(days.revenue_date)') }} from days)

),

raw_totals as (

    select
        delivered.store_id,
        delivered.revenue_date,
        sum(delivered.amount) as raw_amount

    from delivered

    inner join days
        on
            delivered.store_id = days.store_id
            and delivered.revenue_date = days.revenue_date

    group by delivered.store_id, delivered.revenue_date

),

counted as (

    select * from {{ ref('int_revenue_days') }}

),

excluded as (

    select
        lines.store_id,
        days.revenue_date,
        lines.excluded_reason,
        lines.excluded_amount

    from {{ ref('fct_order_lines') }} as lines

    inner join days
        on
            lines.store_id = days.store_id
            and lines.order_date = days.revenue_date

    where lines.excluded_amount <> 0

    union all

    select
        adjustments.store_id,
        days.revenue_date,
        adjustments.excluded_reason,
        adjustments.excluded_amount

    from {{ ref('fct_order_adjustments') }} as adjustments

    inner join days
        on
            adjustments.store_id = days.store_id
            and adjustments.adjustment_date = days.revenue_date

    where adjustments.excluded_amount <> 0

),

excluded_totals as (

    select
        store_id,
        {% for reason in ['cancelled_order', 'cancelled_same_day', 'bad_debt', 'negative_price', 'unknown_order'] -%}
        sum(case when excluded_reason = '{{ reason }}' then excluded_amount else 0 end)
            as {{ reason }}_amount,
        {% endfor -%}
        revenue_date

    from excluded

    group by store_id, revenue_date

),

final as (

    select
        days.store_id,
        days.revenue_date,
        cast(coalesce(raw_totals.raw_amount, 0) as numeric(18, 4)) as raw_amount,
        counted.gross_amount as gross_revenue,
        counted.discount_amount,
        counted.return_amount,
        counted.fee_amount,
        counted.excluded_amount,
        cast(coalesce(excluded_totals.cancelled_order_amount, 0) as numeric(18, 4)) as excluded_cancelled_order_amount,
        cast(coalesce(excluded_totals.cancelled_same_day_amount, 0) as numeric(18, 4))
            as excluded_cancelled_same_day_amount,
        cast(coalesce(excluded_totals.bad_debt_amount, 0) as numeric(18, 4)) as excluded_bad_debt_amount,
        cast(coalesce(excluded_totals.negative_price_amount, 0) as numeric(18, 4)) as excluded_negative_price_amount,
        cast(coalesce(excluded_totals.unknown_order_amount, 0) as numeric(18, 4)) as excluded_unknown_order_amount,
        cast(
            coalesce(raw_totals.raw_amount, 0)
            - (
                counted.gross_amount - counted.discount_amount - counted.return_amount
                + counted.fee_amount + counted.excluded_amount
            )
            as numeric(18, 4)
        ) as difference_amount,
        days.day_version

    from days

    inner join counted
        on
            days.store_id = counted.store_id
            and days.revenue_date = counted.revenue_date

    left join raw_totals
        on
            days.store_id = raw_totals.store_id
            and days.revenue_date = raw_totals.revenue_date

    left join excluded_totals
        on
            days.store_id = excluded_totals.store_id
            and days.revenue_date = excluded_totals.revenue_date

)

select * from final
{{- and_replaced('days', 'revenue_date') }}
