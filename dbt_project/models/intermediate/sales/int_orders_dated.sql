with

orders as (

    select * from {{ ref('int_orders_unioned') }}

),

stores as (

    select * from {{ ref('stores') }}

),

dated as (

    select
        orders.store_id,
        orders.order_id,
        orders.customer_id,
        orders.order_status,
        orders.payment_method,
        orders.currency,
        orders.ordered_at,
        {{ store_date('orders.ordered_at', 'stores.time_zone') }} as order_date,
        orders.total_amount

    from orders

    inner join stores
        on orders.store_id = stores.store_id

)

select * from dated
