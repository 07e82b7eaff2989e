-- depends_on: {{ ref('int_order_adjustments_unioned') }}, {{ ref('int_orders_dated') }}, {{ ref('stores') }}
{{ config(
    materialized='incremental',
    incremental_strategy='days',
    meta={'day_column': 'adjustment_date', 'row_key': 'adjustment_id'}
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

-- where the adjustments of these orders are now, and where they were; one without a time stands under null
touched_days as (

    select
        adjustments.store_id,
        {{ store_date('adjustments.adjusted_at', 'stores.time_zone') }} as adjustment_date

    from adjustments_of_touched_orders as adjustments

    inner join {{ ref('stores') }} as stores
        on adjustments.store_id = stores.store_id

    union

    select
        built.store_id,
        built.adjustment_date

    from touched_orders

    inner join {{ this }} as built
        on
            touched_orders.store_id = built.store_id
            and touched_orders.order_id = built.order_id

),

-- what these days hold already is of these orders, and what comes to them is of the touched ones
orders_of_touched_days as (

    select
        built.store_id,
        built.order_id

    from touched_days

    inner join {{ this }} as built
        on
            touched_days.store_id = built.store_id
            and touched_days.adjustment_date = built.adjustment_date

    union

    select
        built.store_id,
        built.order_id

    from touched_days

    inner join {{ this }} as built
        on
            touched_days.store_id = built.store_id
            and touched_days.adjustment_date is null
            and built.adjustment_date is null

    union

    select
        store_id,
        order_id

    from touched_orders

),

adjustments_of_orders as (

    {{ delivered_rows('order_adjustments', of_orders='orders_of_touched_days') }}

),

classified as (

    {{ classified_adjustments('adjustments_of_orders') }}

),

-- their other days stay as they are
adjustments as (

    select classified.*

    from classified

    where exists (
        select 1 from touched_days
        where
            touched_days.store_id = classified.store_id
            and touched_days.adjustment_date is not distinct from classified.adjustment_date
    )

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
{{- and_replaced_days('touched_days', 'adjustment_date') }}
