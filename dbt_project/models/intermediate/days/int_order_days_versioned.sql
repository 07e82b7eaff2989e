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
        last_load_id as last_own_load_id,
        entry_count as own_entry_count

    from orders

    union all

    select
        store_id,
        order_date,
        last_load_id,
        entry_count,
        last_load_id as last_own_load_id,
        entry_count as own_entry_count

    from lines

    union all

    select
        store_id,
        order_date,
        last_load_id,
        entry_count,
        0 as last_own_load_id,
        0 as own_entry_count

    from adjustments

),

versioned as (

    select
        store_id,
        order_date,
        cast(max(last_own_load_id) as bigint) as last_own_load_id,
        cast(sum(own_entry_count) as bigint) as own_entry_count,
        {{ day_version('max(last_load_id)', 'sum(entry_count)') }} as day_version

    from entries

    group by store_id, order_date

)

select * from versioned
