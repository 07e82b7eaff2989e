with

items as (

    select * from {{ ref('base_olist__order_items') }}

),

orders as (

    select * from {{ source('olist', 'orders') }}

),

-- each line has one adjustment, its freight, which is charged together with the line
renamed as (

    select
        -- keys
        items.store_id,
        items.item_id as adjustment_id,
        items.order_id,
        items.item_id,

        -- properties
        'shipping' as adjustment_kind,
        false as is_date_inferred,

        -- times
        orders.order_purchase_timestamp as adjusted_at,

        -- measures
        items.freight_amount as amount,

        -- the delivery
        greatest(items.load_id, orders._load_id) as load_id

    from items

    left join orders
        on items.order_id = orders.order_id

)

select * from renamed
