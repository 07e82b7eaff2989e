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

    {{ differing_rows('products', 'product_id', ['category']) }}

),

present as (

    select
        store_id,
        product_id,
        category

    from differing

    where not is_gone

){% if is_incremental() %},

gone as (

    select * from differing

    where is_gone

){% endif %}

select * from present
{{- and_replaced('gone', 'product_id') }}
