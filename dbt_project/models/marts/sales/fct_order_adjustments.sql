-- depends_on: {{ ref('int_order_adjustments_unioned') }}, {{ ref('int_orders_dated') }}, {{ ref('stores') }}
{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'order_id', 'row_key': 'adjustment_id', 'changes': ['order_id', 'adjustment_date']}
) }}

with

{% if is_incremental() -%}
new_rows as (

    {{ delivered_rows('order_adjustments') }}

),

touched_orders as (

    {{ touched_orders('order_adjustments', 'adjustment_id') }}

),

adjustments_of_touched_orders as (

    {{ delivered_rows('order_adjustments', of_orders='touched_orders') }}

),

adjustments as (

    {{ classified_adjustments('adjustments_of_touched_orders') }}

),
{%- else -%}
adjustments as (

    select * from {{ ref('int_order_adjustments_classified') }}

),
{%- endif %}

final as (

    select
        store_id,
        adjustment_id,
        order_id,
        item_id,
        adjustment_date,
        order_date,
        is_date_inferred,
        adjustment_kind,
        excluded_reason,
        amount,
        discount_amount,
        return_amount,
        fee_amount,
        excluded_amount,
        load_id

    from adjustments

)

select * from final
{{- and_replaced('touched_orders', 'order_id') }}
