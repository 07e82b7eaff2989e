{{ config(materialized='table') }}

with

stores as (

    select * from {{ ref('stores') }}

),

order_loads as (

    select
        store_id,
        load_id,
        max(ordered_at) as last_ordered_at

    from ({{ union_sources('orders', ['store_id', 'ordered_at', 'load_id'], versions='all') }}) as versions

    group by store_id, load_id

),

product_loads as (

    select distinct
        store_id,
        load_id

    from ({{ union_sources('products', ['store_id', 'load_id'], versions='all') }}) as versions

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

    from product_loads

)

select
    loads.store_id,
    loads.load_id,
    {{ store_date('max(order_loads.last_ordered_at) over earlier_loads', 'stores.time_zone') }} as last_order_date_before -- noqa: LT05

from loads

inner join stores
    on loads.store_id = stores.store_id

left join order_loads
    on
        loads.store_id = order_loads.store_id
        and loads.load_id = order_loads.load_id

window
    earlier_loads as (
        partition by loads.store_id
        order by loads.load_id
        rows between unbounded preceding and 1 preceding
    )
