{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'product_id', 'row_key': 'category', 'changes': ['product_id']}
) }}

with

products as (

    select
        store_id,
        product_id,
        category

    from {{ ref('dim_products') }}

    where category is not null

),

differing as (

    {{ differing_rows('products') }}

){% if is_incremental() %},

gone as (

    {{ gone_keys('products', 'product_id') }}

){% endif %}

select * from differing
{{- and_replaced('gone', 'product_id') }}
