{{ config(materialized='table') }}

with

stores as (

    select * from {{ ref('stores') }}

),

orders as (

    select
        store_id,
        min(case when {{ is_known('order_date') }} then order_date end) as first_order_date,
        max(case when {{ is_known('order_date') }} then order_date end) as last_order_date,
        -- tells which days are complete, also when as_of_date hides what came later
        max(order_date) as last_delivered_date

    from {{ ref('int_orders') }}

    group by store_id

),

adjustments as (

    select
        store_id,
        min(adjusted_at) as first_adjusted_at

    from {{ ref('int_order_adjustments') }}

    {{ "where adjusted_at < cast('" ~ var('as_of_date') ~ "' as date)" if var('as_of_date') }}

    group by store_id

)

select
    stores.store_id,
    stores.source_name,
    stores.store_name,
    stores.currency,
    stores.time_zone,
    stores.country_code,
    stores.prices_include_tax,
    orders.first_order_date,
    orders.last_order_date,
    -- an amount may be dated before the first order
    least(
        orders.first_order_date, {{ store_date('adjustments.first_adjusted_at', 'stores.time_zone') }}
    ) as first_revenue_date,
    case
        when orders.first_order_date is not null then {{ last_complete_day('orders.last_delivered_date') }}
    end as as_of_date

from stores

left join orders
    on stores.store_id = orders.store_id

left join adjustments
    on stores.store_id = adjustments.store_id
