-- depends_on: {{ ref('fct_orders') }}
{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'customer_id', 'row_key': 'is_listed'}
) }}

with

{% if is_incremental() -%}
changed as (

    {{ changed('fct_orders', 'customer_id') }}

    union

    {{ changed('int_customers_located', 'customer_id') }}

),

{% endif -%}
customers as (

    select customers.*

    from {{ ref('int_customers_located') }} as customers

    {% if is_incremental() -%}
    inner join changed
        on
            customers.store_id = changed.store_id
            and customers.customer_id = changed.customer_id
    {%- endif %}

),

places as (

    select places.*

    from {{ ref('int_customer_places') }} as places

    {% if is_incremental() -%}
    inner join changed
        on
            places.store_id = changed.store_id
            and places.customer_key = changed.customer_id

    {% endif -%}
    where places.customer_id is not null

),

-- credit notes lower what was spent but are no orders
totals as (

    select
        store_id,
        customer_id,
        sum(order_count) as total_orders,
        sum(units_sold) as units_sold,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(return_amount) as return_amount,
        sum(net_amount) as total_spent,
        sum(ordered_amount) as ordered_amount,
        min(first_order_date) as first_order_date,
        max(last_order_date) as last_order_date

    from places

    -- the key that differs most goes first: it is what sorting compares
    group by customer_id, store_id

),

-- who ordered but stands in no list of customers is a member all the same
joined as (

    select
        coalesce(customers.store_id, totals.store_id) as store_id,
        coalesce(customers.customer_id, totals.customer_id) as customer_id,
        coalesce(customers.is_listed, false) as is_listed,
        customers.email,
        customers.country,
        customers.country_code,
        case
            when customers.customer_id is null then 'not_given'
            else customers.country_unknown_reason
        end as country_unknown_reason,
        customers.region,
        customers.city,
        customers.age_group,
        customers.customer_segment,
        customers.registration_date,
        coalesce(totals.total_orders, 0) as total_orders,
        coalesce(totals.units_sold, 0) as units_sold,
        coalesce(totals.gross_amount, 0) as gross_amount,
        coalesce(totals.discount_amount, 0) as discount_amount,
        coalesce(totals.return_amount, 0) as return_amount,
        coalesce(totals.total_spent, 0) as total_spent,
        {{ ratio('totals.ordered_amount', 'totals.total_orders') }} as avg_order_value,
        totals.first_order_date,
        totals.last_order_date,
        {{ dbt.datediff('totals.first_order_date', 'totals.last_order_date', 'day') }} as buying_days -- noqa: LT05

    from customers

    full outer join totals
        on
            customers.store_id = totals.store_id
            and customers.customer_id = totals.customer_id

),

final as (

    select
        store_id,
        customer_id,
        is_listed,
        email,
        country,
        country_code,
        country_unknown_reason,
        region,
        city,
        age_group,
        customer_segment,
        registration_date,
        cast(total_orders as integer) as total_orders,
        cast(units_sold as bigint) as units_sold,
        cast(gross_amount as numeric(18, 4)) as gross_amount,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(total_spent as numeric(18, 4)) as total_spent,
        cast(avg_order_value as numeric(18, 4)) as avg_order_value,
        first_order_date,
        last_order_date,
        cast({{ ratio('buying_days', 'total_orders - 1') }} as numeric(18, 4)) as avg_days_between_orders

    from joined

)

select * from final
{{- and_replaced('changed', 'customer_id') }}
