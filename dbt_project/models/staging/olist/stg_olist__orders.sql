{{ config(enabled='olist' in var('sources')) }}

with

-- vouchers come in many pieces
payments_by_method as (

    select
        order_id,
        nullif(payment_type, 'not_defined') as payment_method,
        sum(payment_value) as amount,
        max(_load_id) as load_id

    from {{ source('olist', 'order_payments') }}

    where {{ is_current('_load_id', '_replaced_by_load_id') }}

    group by order_id, nullif(payment_type, 'not_defined')

),

payments as (

    select
        order_id,
        payment_method,
        sum(amount) over (partition by order_id) as total_amount,
        max(load_id) over (partition by order_id) as load_id,
        row_number() over (
            partition by order_id
            order by amount desc, payment_method asc nulls last
        ) as row_number_highest_first

    from payments_by_method

)

select
    -- keys
    'olist' as store_id,
    trim(orders.order_id) as order_id,
    -- until the row of the person arrives, the order's own number of its customer stands for them
    trim(coalesce(customers.customer_unique_id, orders.customer_id)) as customer_id,

    -- properties
    case
        -- from the approval of the payment on, it was charged
        when orders.order_status in ('approved', 'processing', 'invoiced', 'shipped', 'delivered') then 'completed'
        when orders.order_status = 'created' then 'pending'
        when orders.order_status in ('canceled', 'unavailable') then 'cancelled'
        -- another word is not guessed at: the order is excluded as unknown_status
        else orders.order_status
    end as order_status,
    payments.payment_method,
    cast(null as {{ dbt.type_string() }}) as sales_channel,
    cast(null as {{ dbt.type_string() }}) as discount_code,
    'BR' as country,
    cast(null as {{ dbt.type_string() }}) as region,
    'BRL' as currency,

    -- times
    orders.order_purchase_timestamp as ordered_at,

    -- measures
    cast(payments.total_amount as numeric(18, 4)) as total_amount,

    -- versions
    greatest(
        orders._load_id,
        case when orders._replaced_by_load_id is null then greatest(customers._load_id, payments.load_id) end
    ) as load_id,
    orders._replaced_by_load_id as replaced_by_load_id

from {{ source('olist', 'orders') }} as orders

left join {{ source('olist', 'customers') }} as customers
    on
        orders.customer_id = customers.customer_id
        and {{ is_current('customers._load_id', 'customers._replaced_by_load_id') }}

left join payments
    on
        orders.order_id = payments.order_id
        and payments.row_number_highest_first = 1
