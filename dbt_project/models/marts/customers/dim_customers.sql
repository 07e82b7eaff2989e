{{ config(post_hook="{{ analyze() }}") }}
with

customers as (

    select * from {{ ref('int_customers') }}

),

stores as (

    select * from {{ ref('dim_stores') }}

),

-- credit notes lower total_spent but are no orders
totals as (

    select
        store_id,
        customer_id,
        sum(case when is_sale then 1 else 0 end) as total_orders,
        sum(units_sold) as units_sold,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(return_amount) as return_amount,
        sum(net_amount) as total_spent,
        sum(case when is_sale then gross_amount - discount_amount else 0 end) as ordered_amount,
        min(case when is_sale then order_date end) as first_order_date,
        max(case when is_sale then order_date end) as last_order_date

    from {{ ref('fct_orders') }}

    where not is_guest

    -- most selective column first (cheaper sort)
    group by customer_id, store_id

),

-- include customers known only from orders
joined as (

    select
        coalesce(customers.store_id, totals.store_id) as store_id,
        coalesce(customers.customer_id, totals.customer_id) as customer_id,
        customers.customer_id is not null as is_listed,
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
        {% for measure in ['units_sold', 'gross_amount', 'discount_amount', 'return_amount', 'total_spent'] -%}
        coalesce(totals.{{ measure }}, 0) as {{ measure }},
        {% endfor -%}
        totals.ordered_amount,
        totals.first_order_date,
        totals.last_order_date,
        {{ dbt.datediff('totals.first_order_date', 'totals.last_order_date', 'day') }} as buying_days -- noqa: LT05

    from customers

    full outer join totals
        on
            customers.store_id = totals.store_id
            and customers.customer_id = totals.customer_id

),

dated as (

    select
        joined.*,
        {{ dbt.datediff('joined.last_order_date', 'stores.as_of_date', 'day') }} as recency_days, -- noqa: LT05
        {{ dbt.datediff('joined.first_order_date', 'stores.as_of_date', 'day') }} as tenure_days -- noqa: LT05

    from joined

    inner join stores
        on joined.store_id = stores.store_id

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
        total_orders > 1 as is_repeat_customer,
        cast(units_sold as numeric(18, 4)) as units_sold,
        cast(gross_amount as numeric(18, 4)) as gross_amount,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(total_spent as numeric(18, 4)) as total_spent,
        cast({{ ratio('ordered_amount', 'total_orders') }} as numeric(18, 4)) as avg_order_value,
        first_order_date,
        last_order_date,
        -- an order of the incomplete last day counts as today; null without an order
        cast(case when recency_days < 0 then 0 else recency_days end as integer) as recency_days,
        cast(case when tenure_days < 0 then 0 else tenure_days end as integer) as tenure_days,
        cast({{ ratio('buying_days', 'total_orders - 1') }} as numeric(18, 4)) as avg_days_between_orders

    from dated

)

select * from final
