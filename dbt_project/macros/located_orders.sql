{# Where each of `orders` was sold to: all in int_orders_located, a few in an increment. #}
{% macro located_orders(orders) -%}
with

orders as (

    select
        *,
        {{ country_spelling('country') }} as country_spelling

    from {{ orders }}

),

spellings as (

    select * from {{ ref('int_country_spellings') }}

),

customers as (

    select * from {{ ref('int_customers_located') }}

),

named as (

    select
        orders.*,
        spellings.country_code,
        {{ country_unknown_reason('orders.country_spelling', 'spellings') }} as country_unknown_reason

    from orders

    left join spellings
        on orders.country_spelling = spellings.spelling

),

-- an order that names no country went to its customer's
located as (

    select
        named.store_id,
        named.order_id,
        named.customer_id,
        named.order_date,
        named.is_sale,
        named.units_sold,
        named.gross_amount,
        named.discount_amount,
        named.return_amount,
        named.net_amount,
        case
            when named.country_unknown_reason = 'not_given' then customers.country_code
            else named.country_code
        end as country_code,
        case
            when named.country_unknown_reason = 'not_given' and named.customer_id is null then 'no_customer'
            when named.country_unknown_reason = 'not_given' and customers.customer_id is not null
                then customers.country_unknown_reason
            else named.country_unknown_reason
        end as country_unknown_reason,
        case
            when named.country_unknown_reason = 'not_given' or named.country_code = customers.country_code
                then customers.region
        end as region,
        case
            when named.customer_id is null then 'no_customer'
            when customers.region is null then 'not_given'
            when named.country_unknown_reason = 'not_given' or named.country_code = customers.country_code then null
            else 'other_country'
        end as region_unknown_reason

    from named

    left join customers
        on
            named.store_id = customers.store_id
            and named.customer_id = customers.customer_id

)

select * from located
{%- endmacro %}
