{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'revenue_date', 'row_key': 'product_id'}
) }}

with

days as (

    {{ days_to_build(ref('int_revenue_days_versioned'), 'revenue_date') }}

),

entries as (

    select
        lines.store_id,
        lines.order_date as revenue_date,
        lines.product_id,
        case when lines.line_type = 'goods' then lines.order_id end as sold_order_id,
        case when lines.line_type = 'goods' then lines.quantity else 0 end as units_sold,
        -- units that came back on lines of their own; a refund of money says nothing about units
        case when lines.line_type = 'return' then -lines.quantity else 0 end as units_returned,
        lines.gross_amount,
        lines.discount_amount,
        lines.return_amount

    from {{ ref('fct_order_lines') }} as lines

    inner join days
        on
            lines.store_id = days.store_id
            and lines.order_date = days.revenue_date

    where lines.line_type in ('goods', 'return', 'discount')

    union all

    select
        shares.store_id,
        shares.adjustment_date as revenue_date,
        shares.product_id,
        null as sold_order_id,
        0 as units_sold,
        0 as units_returned,
        0 as gross_amount,
        shares.discount_amount,
        shares.return_amount

    from {{ ref('fct_order_line_adjustments') }} as shares

    inner join days
        on
            shares.store_id = days.store_id
            and shares.adjustment_date = days.revenue_date

    -- what was taken off orders without goods is no product's, and is not lost either
    union all

    select
        adjustments.store_id,
        adjustments.adjustment_date as revenue_date,
        '(no product)' as product_id,
        null as sold_order_id,
        0 as units_sold,
        0 as units_returned,
        0 as gross_amount,
        adjustments.discount_amount,
        adjustments.return_amount

    from {{ ref('fct_order_adjustments') }} as adjustments

    inner join days
        on
            adjustments.store_id = days.store_id
            and adjustments.adjustment_date = days.revenue_date

    where
        (adjustments.discount_amount <> 0 or adjustments.return_amount <> 0)
        and not exists (
            select 1 from {{ ref('fct_order_line_adjustments') }} as shares
            where shares.store_id = adjustments.store_id and shares.adjustment_id = adjustments.adjustment_id
        )

),

totals as (

    select
        store_id,
        revenue_date,
        product_id,
        cast(count(distinct sold_order_id) as integer) as order_count,
        cast(sum(units_sold) as bigint) as units_sold,
        cast(sum(units_returned) as bigint) as units_returned,
        cast(sum(gross_amount) as numeric(18, 4)) as gross_amount,
        cast(sum(discount_amount) as numeric(18, 4)) as discount_amount,
        cast(sum(return_amount) as numeric(18, 4)) as return_amount,
        cast(sum(gross_amount - discount_amount - return_amount) as numeric(18, 4)) as net_amount

    from entries

    group by store_id, revenue_date, product_id

),

versioned as (

    select
        totals.store_id,
        totals.product_id,
        totals.revenue_date,
        totals.order_count,
        totals.units_sold,
        totals.units_returned,
        totals.gross_amount,
        totals.discount_amount,
        totals.return_amount,
        totals.net_amount,
        days.day_version

    from totals

    inner join days
        on
            totals.store_id = days.store_id
            and totals.revenue_date = days.revenue_date

)

select * from versioned
{{- and_replaced('days', 'revenue_date') }}
