-- depends_on: {{ ref('int_order_adjustments_unioned') }}, {{ ref('int_orders_dated') }}, {{ ref('stores') }}
{{ config(
    materialized='incremental',
    incremental_strategy='days',
    meta={'day_column': 'adjustment_date', 'row_key': 'adjustment_id'}
) }}

with

{% if is_incremental() -%}
new_rows as (

    select * from {{ ref('int_order_adjustments_unioned') }}

    where {{ is_new(this) }}

),

touched_orders as (

    {{ touched_orders(ref('int_order_adjustments_unioned'), 'adjustment_id') }}

),

dated as (

    select
        adjustments.*,
        {{ store_date('adjustments.adjusted_at', 'stores.time_zone') }} as adjustment_date

    from {{ ref('int_order_adjustments_unioned') }} as adjustments

    inner join {{ ref('stores') }} as stores
        on adjustments.store_id = stores.store_id

),

-- where the adjustments of these orders are now, and where they were; one without a time stands under null
touched_days as (

    select
        dated.store_id,
        dated.adjustment_date

    from touched_orders

    inner join dated
        on
            touched_orders.store_id = dated.store_id
            and touched_orders.order_id = dated.order_id

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

adjustments_of_touched_days as (

    select dated.*

    from touched_days

    inner join dated
        on
            touched_days.store_id = dated.store_id
            and touched_days.adjustment_date = dated.adjustment_date

    union all

    select dated.*

    from touched_days

    inner join dated
        on
            touched_days.store_id = dated.store_id
            and touched_days.adjustment_date is null
            and dated.adjustment_date is null

),

adjustments as (

    {{ classified_adjustments('adjustments_of_touched_days') }}

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
