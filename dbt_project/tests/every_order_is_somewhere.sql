{{ config(meta={'dagster': {'ref': {'name': 'fct_geography'}}}) }}
-- The places of a store add up to all its orders: rows are stores in which they do not.
with

places as (

    select
        store_id,
        sum(order_count) as order_count,
        sum(net_revenue) as net_revenue

    from {{ ref('fct_geography') }}

    group by store_id

),

orders as (

    select
        store_id,
        sum(case when is_sale then 1 else 0 end) as order_count,
        sum(net_amount) as net_revenue

    from {{ ref('fct_orders') }}

    group by store_id

)

select
    orders.store_id,
    orders.net_revenue,
    places.net_revenue as net_revenue_of_places

from orders

left join places
    on orders.store_id = places.store_id

where
    orders.order_count <> coalesce(places.order_count, 0)
    or orders.net_revenue <> coalesce(places.net_revenue, 0)
