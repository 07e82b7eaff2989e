{{ config(materialized='table', post_hook="{{ refresh_statistics() }}") }}

with

orders as (

    select * from {{ ref('int_order_days_versioned') }}

),

adjustments as (

    select * from {{ ref('int_adjustment_days_versioned') }}

),

entries as (

    select
        store_id,
        order_date as revenue_date,
        last_load_id,
        order_count + line_count as entry_count

    from orders

    union all

    select
        store_id,
        adjustment_date as revenue_date,
        last_load_id,
        adjustment_count + line_adjustment_count as entry_count

    from adjustments

),

versioned as (

    select
        store_id,
        revenue_date,
        {{ day_version('max(last_load_id)', 'sum(entry_count)') }} as day_version

    from entries

    group by store_id, revenue_date

)

select * from versioned
