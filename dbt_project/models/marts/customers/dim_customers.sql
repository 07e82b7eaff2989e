with

customers as (

    select * from {{ ref('int_customers_completed') }}

),

locations as (

    select * from {{ ref('int_customers_located') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

    where customer_id is not null

),

stores as (

    select * from {{ ref('dim_stores') }}

),

-- credit notes lower what was spent but are no orders
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

    from orders

    group by store_id, customer_id

),

joined as (

    select
        customers.*,
        locations.country_code,
        case
            when locations.customer_id is null then 'not_given'
            else locations.country_unknown_reason
        end as country_unknown_reason,
        coalesce(totals.total_orders, 0) as total_orders,
        coalesce(totals.units_sold, 0) as units_sold,
        coalesce(totals.gross_amount, 0) as gross_amount,
        coalesce(totals.discount_amount, 0) as discount_amount,
        coalesce(totals.return_amount, 0) as return_amount,
        coalesce(totals.total_spent, 0) as total_spent,
        {{ ratio('totals.ordered_amount', 'totals.total_orders') }} as avg_order_value,
        totals.first_order_date,
        totals.last_order_date,
        {{ dbt.datediff('totals.first_order_date', 'totals.last_order_date', 'day') }} as buying_days, -- noqa: LT05
        {{ dbt.datediff('totals.last_order_date', 'stores.as_of_date', 'day') }} as recency_days, -- noqa: LT05
        {{ dbt.datediff('totals.first_order_date', 'stores.as_of_date', 'day') }} as tenure_days -- noqa: LT05

    from customers

    inner join stores
        on customers.store_id = stores.store_id

    left join locations
        on
            customers.store_id = locations.store_id
            and customers.customer_id = locations.customer_id

    left join totals
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
        total_orders > 1 as is_repeat_customer,
        cast(units_sold as bigint) as units_sold,
        cast(gross_amount as numeric(18, 4)) as gross_amount,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(total_spent as numeric(18, 4)) as total_spent,
        cast(avg_order_value as numeric(18, 4)) as avg_order_value,
        first_order_date,
        last_order_date,
        -- the day that still goes on counts as today; null without an order
        cast(case when recency_days < 0 then 0 else recency_days end as integer) as recency_days,
        cast(case when tenure_days < 0 then 0 else tenure_days end as integer) as tenure_days,
        cast({{ ratio('buying_days', 'total_orders - 1') }} as numeric(18, 4)) as avg_days_between_orders

    from joined

)

select * from final
