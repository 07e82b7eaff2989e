-- depends_on: {{ ref('fct_order_adjustments') }}, {{ ref('fct_order_line_adjustments') }}
{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'adjustment_date', 'row_key': 'last_load_id'}
) }}

with

{% if is_incremental() -%}
changed as (

    {{ changed('fct_order_adjustments', 'adjustment_date') }}

    union

    {{ changed('fct_order_line_adjustments', 'adjustment_date') }}

),

{% endif -%}
adjustments as (

    select adjustments.*

    from {{ ref('fct_order_adjustments') }} as adjustments

    {% if is_incremental() -%}
    inner join changed
        on
            adjustments.store_id = changed.store_id
            and adjustments.adjustment_date = changed.adjustment_date

    {% endif -%}
    where adjustments.adjustment_date is not null

),

-- what a refund takes off each product depends on lines of an earlier day
line_adjustments as (

    select line_adjustments.*

    from {{ ref('fct_order_line_adjustments') }} as line_adjustments

    {% if is_incremental() -%}
    inner join changed
        on
            line_adjustments.store_id = changed.store_id
            and line_adjustments.adjustment_date = changed.adjustment_date

    {% endif -%}
    where line_adjustments.adjustment_date is not null

),

counted_adjustments as (

    select
        store_id,
        adjustment_date,
        max(load_id) as last_load_id,
        count(*) as adjustment_count,
        sum(case when order_date is null then 1 else 0 end) as unknown_order_count,
        min(case when order_date is null then adjustment_id end) as unknown_order_first_key,
        max(case when order_date is null then adjustment_id end) as unknown_order_last_key

    from adjustments

    group by store_id, adjustment_date

),

counted_line_adjustments as (

    select
        store_id,
        adjustment_date,
        max(load_id) as last_load_id,
        count(*) as line_adjustment_count

    from line_adjustments

    group by store_id, adjustment_date

),

-- what falls on a line is an adjustment's, so that every day of the one is a day of the other
versioned as (

    select
        adjustments.store_id,
        adjustments.adjustment_date,
        case
            when line_adjustments.last_load_id > adjustments.last_load_id then line_adjustments.last_load_id
            else adjustments.last_load_id
        end as last_load_id,
        adjustments.adjustment_count,
        coalesce(line_adjustments.line_adjustment_count, 0) as line_adjustment_count,
        cast(adjustments.unknown_order_count as bigint) as unknown_order_count,
        adjustments.unknown_order_first_key,
        adjustments.unknown_order_last_key

    from counted_adjustments as adjustments

    left join counted_line_adjustments as line_adjustments
        on
            adjustments.store_id = line_adjustments.store_id
            and adjustments.adjustment_date = line_adjustments.adjustment_date

)

select * from versioned
{{- and_replaced('changed', 'adjustment_date') }}
