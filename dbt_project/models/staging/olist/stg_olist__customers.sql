{{ config(enabled='olist' in var('sources')) }}

with

-- a person has one row per order, and lives where the last one went
ranked as (

    select
        customers.customer_unique_id,
        customers.customer_state,
        customers.customer_city,
        max(greatest(customers._load_id, orders._load_id)) over (
            partition by customers.customer_unique_id
        ) as load_id,
        row_number() over (
            partition by customers.customer_unique_id
            order by orders.order_purchase_timestamp desc nulls last, customers.customer_id asc
        ) as row_number_newest_first

    from {{ source('olist', 'customers') }} as customers

    left join {{ source('olist', 'orders') }} as orders
        on
            customers.customer_id = orders.customer_id
            and {{ is_current('orders._load_id', 'orders._replaced_by_load_id') }}

    where {{ is_current('customers._load_id', 'customers._replaced_by_load_id') }}

)

select
    -- keys
    'olist' as store_id,
    trim(customer_unique_id) as customer_id,

    -- properties
    cast(null as {{ dbt.type_string() }}) as email,
    'BR' as country,
    customer_state as region,
    customer_city as city,
    cast(null as {{ dbt.type_string() }}) as age_group,
    cast(null as {{ dbt.type_string() }}) as customer_segment,

    -- times
    cast(null as date) as registration_date,

    -- versions
    load_id,
    cast(null as bigint) as replaced_by_load_id

from ranked

where row_number_newest_first = 1
