{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'order_date', 'row_key': 'issue_kind'}
) }}

{% set issues = {
    'without_lines': 'orders',
    'other_currency': 'orders',
    'total_differs': 'orders',
    'zero_price': 'order_items'
} %}

with

stores as (

    select * from {{ ref('stores') }}

),

days as (

    {{ days_to_build(ref('int_order_days_versioned'), 'order_date') }}

),

orders as (

    select orders.*

    from {{ ref('fct_orders') }} as orders

    inner join days
        on
            orders.store_id = days.store_id
            and orders.order_date = days.order_date

),

refunds as (

    select
        adjustments.store_id,
        adjustments.order_id,
        sum(adjustments.amount) as refund_amount

    from orders

    inner join {{ ref('fct_order_adjustments') }} as adjustments
        on
            orders.store_id = adjustments.store_id
            and orders.order_id = adjustments.order_id

    where adjustments.adjustment_kind = 'refund'

    group by adjustments.store_id, adjustments.order_id

),

-- what was charged when ordering is all that an order has, but its refunds
flagged_orders as (

    select
        orders.store_id,
        orders.order_date,
        orders.order_id as row_key,
        orders.line_count = 0 as is_without_lines,
        orders.currency <> stores.currency as is_other_currency,
        orders.line_count > 0
        and abs(
            orders.net_amount + orders.fee_amount + orders.excluded_amount
            - coalesce(refunds.refund_amount, 0) - orders.total_amount
        ) >= 0.01 as is_total_differs

    from orders

    inner join stores
        on orders.store_id = stores.store_id

    left join refunds
        on
            orders.store_id = refunds.store_id
            and orders.order_id = refunds.order_id

),

flagged_order_items as (

    select
        lines.store_id,
        lines.order_date,
        lines.item_id as row_key,
        lines.unit_price = 0 as is_zero_price

    from {{ ref('fct_order_lines') }} as lines

    inner join days
        on
            lines.store_id = days.store_id
            and lines.order_date = days.order_date

),

{% for table_name in issues.values() | unique -%}
counted_{{ table_name }} as (

    select
        store_id,
        order_date,
        {%- for issue, issue_table in issues.items() if issue_table == table_name %}
        sum(case when is_{{ issue }} then 1 else 0 end) as {{ issue }}_count,
        min(case when is_{{ issue }} then row_key end) as {{ issue }}_first_key,
        max(case when is_{{ issue }} then row_key end) as {{ issue }}_last_key,
        {%- endfor %}
        count(*) as table_row_count

    from flagged_{{ table_name }}

    group by store_id, order_date

),

{% endfor -%}
stacked as (

    {%- for issue, table_name in issues.items() %}
    select
        store_id,
        order_date,
        '{{ table_name }}' as table_name,
        '{{ issue }}' as issue_kind,
        {{ issue }}_count as row_count,
        table_row_count,
        {{ issue }}_first_key as first_key,
        {{ issue }}_last_key as last_key

    from counted_{{ table_name }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

versioned as (

    select
        stacked.store_id,
        stacked.order_date,
        stacked.table_name,
        stacked.issue_kind,
        cast(stacked.row_count as bigint) as row_count,
        cast(stacked.table_row_count as bigint) as table_row_count,
        stacked.first_key,
        stacked.last_key,
        days.day_version

    from stacked

    inner join days
        on
            stacked.store_id = days.store_id
            and stacked.order_date = days.order_date

)

select * from versioned
{{- and_replaced('days', 'order_date') }}
