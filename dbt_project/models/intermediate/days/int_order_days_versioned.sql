{{ config(materialized='table', post_hook="{{ refresh_statistics() }}") }}

with

orders as (

    select
        store_id,
        order_date,
        max(load_id) as last_load_id,
        count(*) as entry_count

    from {{ ref('int_orders_dated') }}

    where {{ is_known('order_date') }}

    group by store_id, order_date

),

lines as (

    select
        store_id,
        order_date,
        max(load_id) as last_load_id,
        count(*) as entry_count

    from {{ ref('fct_order_lines') }}

    where order_date is not null

    group by store_id, order_date

),

adjustments as (

    select
        store_id,
        order_date,
        max(load_id) as last_load_id,
        count(*) as entry_count

    from {{ ref('fct_order_adjustments') }}

    where order_date is not null

    group by store_id, order_date

),

entries as (

    select
        store_id,
        order_date,
        last_load_id,
        entry_count,
        0 as last_line_load_id,
        0 as line_count

    from orders

    union all

    select
        store_id,
        order_date,
        last_load_id,
        entry_count,
        last_load_id as last_line_load_id,
        entry_count as line_count

    from lines

    union all

    select
        store_id,
        order_date,
        last_load_id,
        entry_count,
        0 as last_line_load_id,
        0 as line_count

    from adjustments

),

versioned as (

    select
        store_id,
        order_date,
        cast(max(last_line_load_id) as bigint) as last_line_load_id,
        cast(sum(line_count) as bigint) as line_count,
        {{ day_version('max(last_load_id)', 'sum(entry_count)') }} as day_version

    from entries

    group by store_id, order_date

)

select * from versioned
