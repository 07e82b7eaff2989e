{{ config(enabled='olist' in var('sources')) }}

select
    -- keys
    'olist' as store_id,
    trim(products.product_id) as product_id,

    -- properties
    cast(null as {{ dbt.type_string() }}) as product_name,
    coalesce(translations.product_category_name_english, products.product_category_name) as category,
    cast(null as {{ dbt.type_string() }}) as brand,

    -- measures
    cast(null as numeric(15, 4)) as price,
    cast(null as numeric(15, 4)) as cost,
    cast(null as numeric(15, 4)) as stock_quantity,

    -- versions
    greatest(products._load_id, translations._load_id) as load_id,
    products._replaced_by_load_id as replaced_by_load_id

from {{ source('olist', 'products') }} as products

left join {{ source('olist', 'product_category_name_translation') }} as translations
    on
        products.product_category_name = translations.product_category_name
        and {{ is_current('translations._load_id', 'translations._replaced_by_load_id') }}
