{{ config(meta={'dagster': {'ref': {'name': 'fct_revenue_by_region'}}}) }}
-- The regions of a store add up to all its orders: rows are stores in which they do not.
with

regions as (

    select
        store_id,
        sum(order_count) as order_count,
        sum(net_revenue) as net_revenue

    from {{ ref('fct_revenue_by_region') }}

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
    regions.net_revenue as net_revenue_of_regions

from orders

left join regions
    on orders.store_id = regions.store_id

where
    orders.order_count <> coalesce(regions.order_count, 0)
    or orders.net_revenue <> coalesce(regions.net_revenue, 0)
