with

customers as (

    select * from {{ ref('int_customers_completed') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

stores as (

    select * from {{ ref('dim_stores') }}

),

-- credit notes lower what was spent but are no orders
totals as (

    select
        store_id,
        customer_id,
        sum(case when is_sale then 1 else 0 end) as total_orders,
        sum(net_amount) as total_spent,
        sum(case when is_sale then gross_amount - discount_amount else 0 end) as ordered_amount,
        min(case when is_sale then order_date end) as first_order_date,
        max(case when is_sale then order_date end) as last_order_date

    from orders

    where customer_id is not null

    group by store_id, customer_id

),

final as (

    select
        customers.store_id,
        customers.customer_id,
        customers.is_listed,
        customers.email,
        customers.country,
        customers.region,
        customers.city,
        customers.age_group,
        customers.customer_segment,
        customers.registration_date,
        cast(coalesce(totals.total_orders, 0) as integer) as total_orders,
        cast(coalesce(totals.total_spent, 0) as numeric(18, 4)) as total_spent,
        cast({{ ratio('totals.ordered_amount', 'totals.total_orders') }} as numeric(18, 4)) as avg_order_value,
        totals.first_order_date,
        totals.last_order_date,
        cast(
            case
                -- the day that still goes on counts as today
                when totals.last_order_date > stores.as_of_date then 0
                else {{ dbt.datediff('totals.last_order_date', 'stores.as_of_date', 'day') }}
            end as integer
        ) as recency_days

    from customers

    inner join stores
        on customers.store_id = stores.store_id

    left join totals
        on
            customers.store_id = totals.store_id
            and customers.customer_id = totals.customer_id

)

select * from final
