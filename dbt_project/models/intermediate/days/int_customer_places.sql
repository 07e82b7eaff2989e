-- depends_on: {{ ref('fct_orders') }}, {{ ref('int_customer_orders') }}
-- depends_on: {{ ref('int_country_spellings') }}, {{ ref('int_customers_located') }}
{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'customer_key', 'row_key': 'country_key'}
) }}

{#- guests are nobody in particular: the guests of a day are one -#}
{% set guests_of_day = "'(guests) ' || cast(order_date as " ~ dbt.type_string() ~ ")" %}

with

{% if is_incremental() -%}
changed_customers as (

    {{ changed('fct_orders', 'customer_id') }}

    union

    {{ changed('int_customers_located', 'customer_id') }}

),

changed_days as (

    {{ changed('fct_orders', 'order_date') }}

),

changed as (

    select
        store_id,
        customer_id as customer_key

    from changed_customers

    where customer_id is not null

    union all

    select
        store_id,
        {{ guests_of_day }} as customer_key

    from changed_days

),

orders_of_changed as (

    select
        orders.store_id,
        orders.order_id,
        orders.customer_id,
        orders.order_date,
        orders.country,
        orders.is_sale,
        orders.units_sold,
        orders.gross_amount,
        orders.discount_amount,
        orders.return_amount,
        orders.net_amount

    from {{ ref('int_customer_orders') }} as orders

    inner join changed_customers
        on
            orders.store_id = changed_customers.store_id
            and orders.customer_id = changed_customers.customer_id

    union all

    select
        orders.store_id,
        orders.order_id,
        orders.customer_id,
        orders.order_date,
        orders.country,
        orders.is_sale,
        orders.units_sold,
        orders.gross_amount,
        orders.discount_amount,
        orders.return_amount,
        orders.net_amount

    from {{ ref('fct_orders') }} as orders

    inner join changed_days
        on
            orders.store_id = changed_days.store_id
            and orders.order_date = changed_days.order_date

    where orders.customer_id is null

),

orders as (

    {{ located_orders('orders_of_changed') }}

),
{%- else -%}
orders as (

    select * from {{ ref('int_orders_located') }}

),
{%- endif %}

keyed as (

    select
        *,
        coalesce(customer_id, {{ guests_of_day }}) as customer_key

    from orders

),

-- a customer counts in every place that one of their orders went to
totals as (

    select
        store_id,
        coalesce(country_code, country_unknown_reason) as country_key,
        coalesce(region, region_unknown_reason) as region_key,
        customer_key,
        customer_id,
        max(country_unknown_reason) as country_unknown_reason,
        max(region_unknown_reason) as region_unknown_reason,
        cast(sum(case when is_sale then 1 else 0 end) as integer) as order_count,
        cast(sum(units_sold) as bigint) as units_sold,
        cast(sum(gross_amount) as numeric(18, 4)) as gross_amount,
        cast(sum(discount_amount) as numeric(18, 4)) as discount_amount,
        cast(sum(return_amount) as numeric(18, 4)) as return_amount,
        cast(sum(net_amount) as numeric(18, 4)) as net_amount,
        cast(sum(case when is_sale then gross_amount - discount_amount else 0 end) as numeric(18, 4)) as ordered_amount,
        min(case when is_sale then order_date end) as first_order_date,
        max(case when is_sale then order_date end) as last_order_date

    from keyed

    -- the key that differs most goes first: it is what sorting compares
    group by
        customer_key,
        customer_id,
        store_id,
        coalesce(country_code, country_unknown_reason),
        coalesce(region, region_unknown_reason)

)

select * from totals
{{- and_replaced('changed', 'customer_key') }}
