with

products as (

    select * from {{ ref('int_products_completed') }}

),

versions as (

    select * from {{ ref('int_product_versions_dated') }}

    where is_current

),

joined as (

    select
        products.store_id,
        products.product_id,
        products.is_listed,
        products.is_goods,
        versions.product_name,
        versions.category,
        versions.brand,
        versions.price,
        versions.cost,
        {{ 'cast(null as integer)' if var('as_of_date') else 'products.stock_quantity' }} as stock_quantity,
        -- why there is nothing, wherever there is nothing
        case when products.is_listed then 'not_delivered' else 'not_listed' end as reason,
        case
            when not products.is_listed then 'not_listed'
            when products.stock_quantity is null then 'not_delivered'
            else 'past_day'
        end as stock_reason

    from products

    left join versions
        on
            products.store_id = versions.store_id
            and products.product_id = versions.product_id

),

final as (

    select
        store_id,
        product_id,
        is_listed,
        is_goods,
        product_name,
        category,
        case when category is null then reason end as no_category_reason,
        brand,
        price,
        cost,
        case when cost is null then reason end as no_cost_reason,
        stock_quantity,
        case when stock_quantity is null then stock_reason end as no_stock_reason

    from joined

)

select * from final
