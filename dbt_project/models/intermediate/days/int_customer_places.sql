-- depends_on: {{ ref('fct_orders') }}, {{ ref('int_country_spellings') }}, {{ ref('int_customers_located') }}
{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'customer_key', 'row_key': 'country_key'}
) }}

with

{% if is_incremental() -%}
changes as (

    {{ changed('fct_orders', 'customer_id') }}

    union

    {{ changed('int_customers_located', 'customer_id') }}

),

changed as (

    select
        store_id,
        customer_id,
        coalesce(customer_id, '(no customer)') as customer_key

    from changes

),

orders_of_changed as (

    select orders.*

    from {{ ref('fct_orders') }} as orders

    inner join changed
        on
            orders.store_id = changed.store_id
            and orders.customer_id = changed.customer_id

    union all

    -- all guests of a store together are one that changed
    select orders.*

    from {{ ref('fct_orders') }} as orders

    inner join changed
        on
            orders.store_id = changed.store_id
            and orders.customer_id is null
            and changed.customer_id is null

),

orders as (

    {{ located_orders('orders_of_changed') }}

),
{%- else -%}
orders as (

    select * from {{ ref('int_orders_located') }}

),
{%- endif %}

-- a customer counts in every place that one of their orders went to
totals as (

    select
        store_id,
        coalesce(country_code, country_unknown_reason) as country_key,
        coalesce(region, region_unknown_reason) as region_key,
        coalesce(customer_id, '(no customer)') as customer_key,
        customer_id,
        max(country_unknown_reason) as country_unknown_reason,
        max(region_unknown_reason) as region_unknown_reason,
        cast(sum(case when is_sale then 1 else 0 end) as integer) as order_count,
        cast(sum(units_sold) as bigint) as units_sold,
        cast(sum(gross_amount) as numeric(18, 4)) as gross_amount,
        cast(sum(discount_amount) as numeric(18, 4)) as discount_amount,
        cast(sum(return_amount) as numeric(18, 4)) as return_amount,
        cast(sum(net_amount) as numeric(18, 4)) as net_amount,
        cast(sum(case when is_sale then gross_amount - discount_amount else 0 end) as numeric(18, 4)) as ordered_amount

    from orders

    -- the key that differs most goes first: it is what sorting compares
    group by
        customer_id,
        store_id,
        coalesce(country_code, country_unknown_reason),
        coalesce(region, region_unknown_reason)

)

select * from totals
{{- and_replaced('changed', 'customer_key') }}
