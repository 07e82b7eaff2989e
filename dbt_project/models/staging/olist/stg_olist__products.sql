with

products as (

    select * from {{ source('olist', 'products') }}

),

translations as (

    select * from {{ source('olist', 'product_category_name_translation') }}

),

renamed as (

    select
        -- keys
        'olist' as store_id,
        products.product_id,

        -- properties
        cast(null as {{ dbt.type_string() }}) as product_name,
        coalesce(translations.product_category_name_english, products.product_category_name) as category,
        cast(null as {{ dbt.type_string() }}) as brand,

        -- measures
        cast(null as numeric(18, 4)) as price,
        cast(null as numeric(18, 4)) as cost,
        cast(null as integer) as stock_quantity,

        -- the delivery
        greatest(products._load_id, translations._load_id) as load_id

    from products

    left join translations
        on products.product_category_name = translations.product_category_name

)

select * from renamed
