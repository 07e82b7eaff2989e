{{ config(materialized='view') }}

with

customers as (

    select * from {{ ref('int_customers_totalled') }}

),

stores as (

    select * from {{ ref('dim_stores') }}

),

-- what changes with every day that passes is computed when it is asked for
dated as (

    select
        customers.*,
        {{ dbt.datediff('customers.last_order_date', 'stores.as_of_date', 'day') }} as recency_days, -- noqa: LT05
        {{ dbt.datediff('customers.first_order_date', 'stores.as_of_date', 'day') }} as tenure_days -- noqa: LT05

    from customers

    inner join stores
        on customers.store_id = stores.store_id

),

final as (

    select
        store_id,
        customer_id,
        is_listed,
        email,
        country,
        country_code,
        country_unknown_reason,
        region,
        city,
        age_group,
        customer_segment,
        registration_date,
        total_orders,
        total_orders > 1 as is_repeat_customer,
        units_sold,
        gross_amount,
        discount_amount,
        return_amount,
        total_spent,
        avg_order_value,
        first_order_date,
        last_order_date,
        -- the day that still goes on counts as today; null without an order
        cast(case when recency_days < 0 then 0 else recency_days end as integer) as recency_days,
        cast(case when tenure_days < 0 then 0 else tenure_days end as integer) as tenure_days,
        avg_days_between_orders

    from dated

)

select * from final
