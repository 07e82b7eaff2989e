with

customers as (

    -- who registered after as_of_date is not listed yet
    select * from {{ ref('int_customers_unioned') }}

    where {{ is_known('registration_date') }}

),

orders as (

    select * from {{ ref('int_orders_dated') }}

    where {{ is_known('order_date') }}

),

buyers as (

    select distinct
        store_id,
        customer_id

    from orders

    where customer_id is not null

),

-- who ordered but stands in no list of customers is a member all the same
completed as (

    select
        coalesce(customers.store_id, buyers.store_id) as store_id,
        coalesce(customers.customer_id, buyers.customer_id) as customer_id,
        customers.customer_id is not null as is_listed,
        customers.email,
        customers.country,
        customers.region,
        customers.city,
        customers.age_group,
        customers.customer_segment,
        customers.registration_date

    from customers

    full outer join buyers
        on
            customers.store_id = buyers.store_id
            and customers.customer_id = buyers.customer_id

)

select * from completed
