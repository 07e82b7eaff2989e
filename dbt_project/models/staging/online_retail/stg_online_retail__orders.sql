with

lines as (

    select * from {{ ref('base_online_retail__online_retail') }}

),

renamed as (

    select
        -- keys
        store_id,
        order_id,
        max(customer_id) as customer_id,

        -- properties
        max(order_status) as order_status,
        cast(null as {{ dbt.type_string() }}) as payment_method,
        max(country) as country,
        'GBP' as currency,

        -- times
        min(ordered_at) as ordered_at,

        -- measures
        cast(sum(total_price) as numeric(18, 4)) as total_amount,

        -- the delivery
        max(load_id) as load_id

    from lines

    group by store_id, order_id

)

select * from renamed
