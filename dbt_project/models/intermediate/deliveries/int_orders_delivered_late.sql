with

orders as (

    select * from {{ ref('int_orders_dated') }}

    where {{ is_known('order_date') }}

),

loads as (

    select * from {{ ref('int_loads_dated') }}

),

-- a day is over when an order of a later one is known
late as (

    select
        orders.store_id,
        orders.order_id,
        orders.order_date,
        orders.load_id,
        loads.last_order_date_before

    from orders

    inner join loads
        on
            orders.store_id = loads.store_id
            and orders.load_id = loads.load_id
            and orders.order_date < loads.last_order_date_before

)

select * from late
