{{ config(materialized='table', post_hook="{{ refresh_statistics() }}") }}

with

orders as (

    select * from {{ ref('fct_orders') }}

),

versioned as (

    select
        store_id,
        order_date,
        max(load_id) as last_own_load_id,
        cast(sum(1 + line_count) as bigint) as own_entry_count,
        {{ day_version(
            'max(case when adjustment_load_id > load_id then adjustment_load_id else load_id end)',
            'sum(1 + line_count + adjustment_count)'
        ) }} as day_version

    from orders

    group by store_id, order_date

)

select * from versioned
