{{ config(materialized='table', post_hook="{{ refresh_statistics() }}") }}

with

orders as (

    select
        store_id,
        order_date as revenue_date,
        last_own_load_id as last_load_id,
        own_entry_count as entry_count

    from {{ ref('int_order_days_versioned') }}

),

adjustments as (

    select
        store_id,
        adjustment_date as revenue_date,
        max(load_id) as last_load_id,
        count(*) as entry_count

    from {{ ref('fct_order_adjustments') }}

    where adjustment_date is not null

    group by store_id, adjustment_date

),

-- what a refund takes off each product depends on lines of an earlier day
line_adjustments as (

    select
        store_id,
        adjustment_date as revenue_date,
        max(load_id) as last_load_id,
        count(*) as entry_count

    from {{ ref('fct_order_line_adjustments') }}

    where adjustment_date is not null

    group by store_id, adjustment_date

),

entries as (

    select * from orders

    union all

    select * from adjustments

    union all

    select * from line_adjustments

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
