with

source as (

    select * from {{ source('olist', 'order_payments') }}

),

-- vouchers come in many pieces
by_method as (

    select
        order_id,
        nullif(payment_type, 'not_defined') as payment_method,
        sum(payment_value) as amount,
        max(_load_id) as load_id

    from source

    group by order_id, nullif(payment_type, 'not_defined')

),

ranked as (

    select
        order_id,
        payment_method,
        sum(amount) over (partition by order_id) as total_amount,
        max(load_id) over (partition by order_id) as load_id,
        row_number() over (
            partition by order_id
            order by amount desc, payment_method asc nulls last
        ) as row_number_highest_first

    from by_method

),

highest as (

    select
        -- keys
        'olist' as store_id,
        order_id,

        -- properties
        payment_method,

        -- measures
        cast(total_amount as numeric(18, 4)) as total_amount,

        -- the delivery
        load_id

    from ranked

    where row_number_highest_first = 1

)

select * from highest
