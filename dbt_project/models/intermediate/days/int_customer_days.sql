{{ config(
    materialized='incremental',
    incremental_strategy='days',
    meta={'day_column': 'revenue_date', 'row_key': 'customer_id'}
) }}

with

-- what an order brings depends on its own day, and on the day of each change of it
days as (

    select
        store_id,
        order_date as revenue_date,
        day_version

    from {{ ref('int_order_days_versioned') }}

    union all

    select
        store_id,
        revenue_date,
        day_version

    from {{ ref('int_revenue_days_versioned') }}

),

versions as (

    select
        store_id,
        revenue_date,
        {{ version_of_days('day_version') }} as day_version

    from days

    where revenue_date is not null

    group by store_id, revenue_date

),

stale as (

    {{ days_to_build('versions', 'revenue_date') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

    where not is_guest

),

-- discounts and refunds that were made on another day than their order
moved as (

    select
        adjustments.store_id,
        orders.customer_id,
        orders.order_date,
        adjustments.adjustment_date,
        adjustments.discount_amount,
        adjustments.return_amount

    from {{ ref('fct_order_adjustments') }} as adjustments

    inner join orders
        on
            adjustments.store_id = orders.store_id
            and adjustments.order_id = orders.order_id

    where
        (adjustments.discount_amount <> 0 or adjustments.return_amount <> 0)
        and adjustments.adjustment_date <> orders.order_date

),

amounts as (

    select
        store_id,
        customer_id,
        order_date as revenue_date,
        case when is_sale then 1 else 0 end as order_count,
        case when is_sale then units_sold else 0 end as units_sold,
        gross_amount,
        discount_amount,
        return_amount

    from orders

    where is_sale or net_amount <> 0

    union all

    -- out of the day of the order
    select
        store_id,
        customer_id,
        order_date as revenue_date,
        0 as order_count,
        0 as units_sold,
        0 as gross_amount,
        -discount_amount as discount_amount,
        -return_amount as return_amount

    from moved

    union all

    -- and into the day of the change
    select
        store_id,
        customer_id,
        adjustment_date as revenue_date,
        0 as order_count,
        0 as units_sold,
        0 as gross_amount,
        discount_amount,
        return_amount

    from moved

),

totals as (

    select
        amounts.store_id,
        amounts.customer_id,
        amounts.revenue_date,
        cast(sum(amounts.order_count) as integer) as order_count,
        cast(sum(amounts.units_sold) as bigint) as units_sold,
        cast(sum(amounts.gross_amount) as numeric(18, 4)) as gross_amount,
        cast(sum(amounts.discount_amount) as numeric(18, 4)) as discount_amount,
        cast(sum(amounts.return_amount) as numeric(18, 4)) as return_amount,
        stale.day_version

    from amounts

    inner join stale
        on
            amounts.store_id = stale.store_id
            and amounts.revenue_date = stale.revenue_date

    group by amounts.store_id, amounts.customer_id, amounts.revenue_date, stale.day_version

)

select * from totals
{{- and_replaced_days('stale', 'revenue_date') }}
