{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'revenue_date', 'row_key': 'order_count'}
) }}

with

days as (

    {{ days_to_build(ref('int_revenue_days_versioned'), 'revenue_date') }}

),

-- everything that moves money is on the day on which it happened
entries as (

    select
        lines.store_id,
        days.revenue_date,
        case when lines.line_type = 'goods' then lines.quantity else 0 end as units_sold,
        lines.gross_amount,
        lines.discount_amount,
        lines.return_amount,
        lines.fee_amount,
        lines.excluded_amount

    from {{ ref('fct_order_lines') }} as lines

    inner join days
        on
            lines.store_id = days.store_id
            and lines.order_date = days.revenue_date

    union all

    select
        adjustments.store_id,
        days.revenue_date,
        0 as units_sold,
        0 as gross_amount,
        adjustments.discount_amount,
        adjustments.return_amount,
        adjustments.fee_amount,
        adjustments.excluded_amount

    from {{ ref('fct_order_adjustments') }} as adjustments

    inner join days
        on
            adjustments.store_id = days.store_id
            and adjustments.adjustment_date = days.revenue_date

),

amounts as (

    select
        store_id,
        revenue_date,
        sum(units_sold) as units_sold,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(return_amount) as return_amount,
        sum(fee_amount) as fee_amount,
        sum(excluded_amount) as excluded_amount

    from entries

    group by store_id, revenue_date

),

sales as (

    select
        orders.store_id,
        orders.order_date as revenue_date,
        count(*) as order_count,
        sum(case when orders.is_guest then 1 else 0 end) as guest_order_count,
        count(distinct orders.customer_id) as customer_count

    from {{ ref('fct_orders') }} as orders

    inner join days
        on
            orders.store_id = days.store_id
            and orders.order_date = days.revenue_date

    where orders.is_sale

    group by orders.store_id, orders.order_date

),

totals as (

    select
        days.store_id,
        days.revenue_date,
        cast(coalesce(sales.order_count, 0) as integer) as order_count,
        cast(coalesce(sales.guest_order_count, 0) as integer) as guest_order_count,
        cast(coalesce(sales.customer_count, 0) as integer) as customer_count,
        cast(amounts.units_sold as bigint) as units_sold,
        cast(amounts.gross_amount as numeric(18, 4)) as gross_amount,
        cast(amounts.discount_amount as numeric(18, 4)) as discount_amount,
        cast(amounts.return_amount as numeric(18, 4)) as return_amount,
        cast(amounts.fee_amount as numeric(18, 4)) as fee_amount,
        cast(amounts.excluded_amount as numeric(18, 4)) as excluded_amount,
        days.day_version

    from days

    inner join amounts
        on
            days.store_id = amounts.store_id
            and days.revenue_date = amounts.revenue_date

    left join sales
        on
            days.store_id = sales.store_id
            and days.revenue_date = sales.revenue_date

)

select * from totals
{{- and_replaced('days', 'revenue_date') }}
