{{ config(
    materialized='incremental',
    incremental_strategy='days',
    meta={'day_column': 'revenue_date', 'row_key': 'order_count'}
) }}

with

days as (

    {{ days_to_build(ref('int_revenue_days_versioned'), 'revenue_date') }}

),

-- everything that moves money is on the day on which it happened
entries as (

    select
        store_id,
        order_date as revenue_date,
        case when line_type = 'goods' then quantity else 0 end as units_sold,
        gross_amount,
        discount_amount,
        return_amount,
        fee_amount,
        excluded_amount

    from {{ ref('fct_order_lines') }}

    union all

    select
        store_id,
        adjustment_date as revenue_date,
        0 as units_sold,
        0 as gross_amount,
        discount_amount,
        return_amount,
        fee_amount,
        excluded_amount

    from {{ ref('fct_order_adjustments') }}

),

amounts as (

    select
        entries.store_id,
        entries.revenue_date,
        sum(entries.units_sold) as units_sold,
        sum(entries.gross_amount) as gross_amount,
        sum(entries.discount_amount) as discount_amount,
        sum(entries.return_amount) as return_amount,
        sum(entries.fee_amount) as fee_amount,
        sum(entries.excluded_amount) as excluded_amount

    from entries

    inner join days
        on
            entries.store_id = days.store_id
            and entries.revenue_date = days.revenue_date

    group by entries.store_id, entries.revenue_date

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
{{- and_replaced_days('days', 'revenue_date') }}
