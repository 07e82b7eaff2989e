-- depends_on: {{ ref('int_product_days') }}, {{ ref('int_product_categories') }}
{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'revenue_date', 'row_key': 'category'}
) }}

-- what is said to be of another category takes along what was sold of it
{% set days_of_moved_products %}
    select
        days.store_id,
        days.revenue_date

    from ({{ changed('int_product_categories', 'product_id') }}) as products

    inner join {{ ref('int_product_days') }} as days
        on
            products.store_id = days.store_id
            and products.product_id = days.product_id
{% endset %}

with

days as (

    {{ days_to_build(ref('int_revenue_days_versioned'), 'revenue_date', also=days_of_moved_products) }}

),

product_days as (

    select
        product_days.*,
        days.day_version as version_of_day

    from {{ ref('int_product_days') }} as product_days

    inner join days
        on
            product_days.store_id = days.store_id
            and product_days.revenue_date = days.revenue_date

),

products as (

    select * from {{ ref('int_product_categories') }}

),

totals as (

    select
        product_days.store_id,
        coalesce(products.category, '(no category)') as category,
        product_days.revenue_date,
        cast(sum(product_days.units_sold) as bigint) as units_sold,
        cast(sum(product_days.gross_amount) as numeric(18, 4)) as gross_amount,
        cast(sum(product_days.discount_amount) as numeric(18, 4)) as discount_amount,
        cast(sum(product_days.return_amount) as numeric(18, 4)) as return_amount,
        product_days.version_of_day as day_version

    from product_days

    left join products
        on
            product_days.store_id = products.store_id
            and product_days.product_id = products.product_id

    group by
        product_days.store_id,
        coalesce(products.category, '(no category)'),
        product_days.revenue_date,
        product_days.version_of_day

)

select * from totals
{{- and_replaced('days', 'revenue_date') }}
