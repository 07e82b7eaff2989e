{{ config(materialized='table', post_hook="{{ refresh_statistics() }}") }}

with

orders as (

    select * from {{ ref('int_order_loads_counted') }}

),

products as (

    select * from {{ ref('int_products_unioned') }}

),

order_loads as (

    select
        store_id,
        load_id,
        max(order_date) as last_order_date

    from orders

    group by store_id, load_id

),

loads as (

    select
        store_id,
        load_id

    from order_loads

    union distinct

    select
        store_id,
        load_id

    from products

),

dated as (

    select
        loads.store_id,
        loads.load_id,
        max(order_loads.last_order_date) over (
            partition by loads.store_id
            order by loads.load_id
            rows between unbounded preceding and 1 preceding
        ) as last_order_date_before

    from loads

    left join order_loads
        on
            loads.store_id = order_loads.store_id
            and loads.load_id = order_loads.load_id

)

select * from dated
