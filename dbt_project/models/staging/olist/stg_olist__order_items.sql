with

items as (

    select * from {{ ref('base_olist__order_items') }}

),

renamed as (

    select
        -- keys
        store_id,
        item_id,
        order_id,
        product_id,

        -- measures
        quantity,
        unit_price,
        total_price,

        -- the delivery
        load_id

    from items

)

select * from renamed
