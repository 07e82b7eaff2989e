{# What each of `adjustments` counts as: all in int_order_adjustments_classified, a few in an increment. #}
{% macro classified_adjustments(adjustments) -%}
with

adjustments as (

    select * from {{ adjustments }}

),

orders as (

    select * from {{ ref('int_orders_dated') }}

),

stores as (

    select * from {{ ref('stores') }}

),

joined as (

    select
        adjustments.store_id,
        adjustments.adjustment_id,
        adjustments.order_id,
        adjustments.item_id,
        {{ store_date('adjustments.adjusted_at', 'stores.time_zone') }} as adjustment_date,
        orders.order_date,
        adjustments.is_date_inferred,
        adjustments.adjustment_kind,
        case
            when orders.order_id is null then 'unknown_order'
            when orders.order_status = 'cancelled' then 'cancelled_order'
        end as excluded_reason,
        adjustments.amount,
        case when orders.load_id > adjustments.load_id then orders.load_id else adjustments.load_id end as load_id

    from adjustments

    inner join stores
        on adjustments.store_id = stores.store_id

    left join orders
        on
            adjustments.store_id = orders.store_id
            and adjustments.order_id = orders.order_id

),

counted as (

    select
        *,
        case
            when excluded_reason is not null then 'excluded'
            when adjustment_kind = 'discount' then 'discount'
            when adjustment_kind = 'refund' then 'return'
            else 'fee'
        end as counted_as

    from joined

),

classified as (

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
        cast(case when counted_as = 'discount' then -amount else 0 end as numeric(18, 4)) as discount_amount,
        cast(case when counted_as = 'return' then -amount else 0 end as numeric(18, 4)) as return_amount,
        cast(case when counted_as = 'fee' then amount else 0 end as numeric(18, 4)) as fee_amount,
        cast(case when counted_as = 'excluded' then amount else 0 end as numeric(18, 4)) as excluded_amount,
        load_id

    from counted

    where {{ is_known('adjustment_date') }}

)

select * from classified
{%- endmacro %}
