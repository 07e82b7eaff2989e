with

source as (

    select * from {{ source('shop', 'products') }}

),

renamed as (

    select
        -- keys
        store_id,
        product_id,

        -- properties
        product_name,
        category,
        brand,

        -- measures
        price,
        cost,
        stock_quantity

    from source

)

select * from renamed
