with

lines as (

    select * from {{ ref('base_online_retail__online_retail') }}

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

    from lines

)

select * from renamed
