{{ config(materialized='table', post_hook="{{ refresh_statistics() }}") }}

with

stores as (

    select * from {{ ref('stores') }}

),

orders as (

    select * from {{ ref('int_order_loads_counted') }}

),

ranges as (

    select
        store_id,
        min(case when {{ is_known('order_date') }} then order_date end) as first_order_date,
        max(case when {{ is_known('order_date') }} then order_date end) as last_order_date,
        -- tells which days are complete, also when as_of_date hides what came later
        max(order_date) as last_delivered_date

    from orders

    group by store_id

),

dated as (

    select
        stores.store_id,
        stores.source_name,
        stores.store_name,
        stores.currency,
        stores.time_zone,
        stores.country_code,
        ranges.first_order_date,
        ranges.last_order_date,
        case
            when ranges.first_order_date is not null
                then {{ last_complete_day('ranges.last_delivered_date') }}
        end as as_of_date

    from stores

    left join ranges
        on stores.store_id = ranges.store_id

)

select * from dated
