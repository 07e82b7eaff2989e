with

versions as (

    select * from {{ ref('int_product_versions') }}

),

final as (

    select
        store_id,
        product_id,
        valid_from_date,
        valid_to_date,
        is_current,
        product_name,
        category,
        brand,
        price,
        cost

    from versions

)

select * from final
