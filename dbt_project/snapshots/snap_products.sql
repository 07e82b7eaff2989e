{% snapshot snap_products %}

with

products as (

    select * from {{ ref('int_products_dated') }}

    -- a past that is rebuilt was not delivered
    {{ 'where false' if var('as_of_date') }}

),

recorded as (

    {{ open_versions('products', ['store_id', 'product_id']) }}

),

dated as (

    select
        products.store_id,
        products.product_id,
        products.product_name,
        products.category,
        products.brand,
        products.price,
        products.cost,
        products.load_id,
        products.counts_from_date,
        {{ record_at('products.counts_from_date', 'recorded.recorded_at') }} as counts_from_at

    from products

    left join recorded
        on
            products.store_id = recorded.store_id
            and products.product_id = recorded.product_id

)

select * from dated

{% endsnapshot %}
