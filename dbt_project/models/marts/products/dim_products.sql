{{ config(post_hook="{{ analyze() }}") }}

with

products as (

    select * from {{ ref('int_products') }}

),

ordered as (

    select distinct
        store_id,
        product_id

    from {{ ref('fct_order_lines') }}

    where product_id is not null

),

stores as (

    select * from {{ ref('stores') }}

),

line_codes as (

    select * from {{ ref('line_codes') }}

),

versions as (

    select * from {{ ref('int_product_versions') }}

    where is_current

),

-- products known only from order lines are included
completed as (

    select
        coalesce(products.store_id, ordered.store_id) as store_id,
        coalesce(products.product_id, ordered.product_id) as product_id,
        products.product_id is not null as is_listed,
        products.stock_quantity

    from products

    full outer join ordered
        on
            products.store_id = ordered.store_id
            and products.product_id = ordered.product_id

),

joined as (

    select
        completed.store_id,
        completed.product_id,
        completed.is_listed,
        line_codes.product_id is null as is_goods,
        versions.product_name,
        versions.category,
        versions.brand,
        versions.price,
        versions.cost,
        {{ 'cast(null as numeric(15, 4))' if var('as_of_date') else 'completed.stock_quantity' }} as stock_quantity,
        case when completed.is_listed then 'not_delivered' else 'not_listed' end as unknown_reason,
        case
            when not completed.is_listed then 'not_listed'
            when completed.stock_quantity is null then 'not_delivered'
            else 'past_day'
        end as unknown_stock_reason

    from completed

    inner join stores
        on completed.store_id = stores.store_id

    left join line_codes
        on
            stores.source_name = line_codes.source_name
            and completed.product_id = line_codes.product_id

    left join versions
        on
            completed.store_id = versions.store_id
            and completed.product_id = versions.product_id

),

final as (

    select
        store_id,
        product_id,
        is_listed,
        is_goods,
        product_name,
        category,
        case when category is null then unknown_reason end as no_category_reason,
        brand,
        price,
        cost,
        case when cost is null then unknown_reason end as no_cost_reason,
        stock_quantity,
        case when stock_quantity is null then unknown_stock_reason end as no_stock_reason

    from joined

)

select * from final
