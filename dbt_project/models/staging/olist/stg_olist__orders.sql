with

orders as (

    select * from {{ source('olist', 'orders') }}

),

customers as (

    select * from {{ source('olist', 'customers') }}

),

payments as (

    select * from {{ ref('base_olist__order_payments') }}

),

renamed as (

    select
        -- keys
        'olist' as store_id,
        orders.order_id,
        -- until the row of the person arrives, the order's own number of its customer stands for them
        coalesce(customers.customer_unique_id, orders.customer_id) as customer_id,

        -- properties
        case
            -- from the approval of the payment on, it was charged
            when orders.order_status in ('approved', 'processing', 'invoiced', 'shipped', 'delivered') then 'completed'
            -- called off, or not charged so far
            when orders.order_status in ('canceled', 'unavailable', 'created') then 'cancelled'
            -- an unheard-of word is not guessed at: it fails a test
            else orders.order_status
        end as order_status,
        payments.payment_method,
        'BR' as country,
        'BRL' as currency,

        -- times
        orders.order_purchase_timestamp as ordered_at,

        -- measures
        payments.total_amount,

        -- the delivery
        greatest(orders._load_id, customers._load_id, payments.load_id) as load_id

    from orders

    left join customers
        on orders.customer_id = customers.customer_id

    left join payments
        on orders.order_id = payments.order_id

)

select * from renamed
