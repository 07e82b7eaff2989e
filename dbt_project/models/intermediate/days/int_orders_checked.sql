-- depends_on: {{ ref('fct_orders') }}, {{ ref('fct_order_lines') }}
{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'order_id', 'row_key': 'row_key'}
) }}

{% set faults_of_orders = ['without_lines', 'other_currency', 'total_differs'] %}

with

{% if is_incremental() -%}
changed as (

    {{ changed('fct_orders', 'order_id') }}

    union

    {{ changed('fct_order_lines', 'order_id') }}

),

{% endif -%}
stores as (

    select * from {{ ref('stores') }}

),

orders as (

    select orders.*

    from {{ ref('fct_orders') }} as orders
    {% if is_incremental() %}
    inner join changed
        on
            orders.store_id = changed.store_id
            and orders.order_id = changed.order_id
    {%- endif %}

),

refunds as (

    select
        adjustments.store_id,
        adjustments.order_id,
        sum(adjustments.amount) as refund_amount

    from {{ ref('fct_order_adjustments') }} as adjustments

    {% if is_incremental() -%}
    inner join changed
        on
            adjustments.store_id = changed.store_id
            and adjustments.order_id = changed.order_id

    {% endif -%}
    where adjustments.adjustment_kind = 'refund'

    group by adjustments.store_id, adjustments.order_id

),

-- what was charged when ordering is all that an order has, but its refunds
flagged_orders as (

    select
        orders.store_id,
        orders.order_id,
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

kinds as (

    {%- for fault in faults_of_orders %}
    select '{{ fault }}' as issue_kind
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

faulty_orders as (

    select
        flagged_orders.store_id,
        flagged_orders.order_id,
        kinds.issue_kind

    from flagged_orders

    cross join kinds

    where
        ({{ 'is_' ~ faults_of_orders | join(' or is_') }})
        and case kinds.issue_kind
            {%- for fault in faults_of_orders %}
            when '{{ fault }}' then is_{{ fault }}
            {%- endfor %}
        end

),

faults as (

    select
        store_id,
        order_id,
        'orders' as table_name,
        issue_kind,
        order_id as row_key

    from faulty_orders

    union all

    select
        lines.store_id,
        lines.order_id,
        'order_items' as table_name,
        'zero_price' as issue_kind,
        lines.item_id as row_key

    from {{ ref('fct_order_lines') }} as lines

    {% if is_incremental() -%}
    inner join changed
        on
            lines.store_id = changed.store_id
            and lines.order_id = changed.order_id

    {% endif -%}
    where
        lines.unit_price = 0
        and lines.order_date is not null

)

select * from faults
{{- and_replaced('changed', 'order_id') }}
