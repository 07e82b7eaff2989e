{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed('customer_id') }}",
    post_hook="{{ analyze() }}"
) }}
-- depends_on: {{ ref('int_order_changes') }}
with

orders as (

    select * from {{ ref('fct_orders') }}

    where
        not is_guest
        {% if is_incremental() -%}
        and (store_id, customer_id) in ({{ changed('customer_id') }})
        {%- endif %}

),

-- discounts and refunds that were made on another day than their order
moved as (

    select
        orders.store_id,
        orders.customer_id,
        orders.order_date,
        adjustments.adjustment_date,
        adjustments.gross_amount,
        adjustments.discount_amount,
        adjustments.return_amount,
        orders.load_id

    from orders

    inner join {{ ref('fct_order_adjustments') }} as adjustments
        on
            orders.store_id = adjustments.store_id
            and orders.order_id = adjustments.order_id
            and orders.order_date <> adjustments.adjustment_date

    where
        orders.other_day_adjustment_count > 0
        and (adjustments.gross_amount <> 0 or adjustments.discount_amount <> 0 or adjustments.return_amount <> 0)

),

-- the amounts of an order include its adjustments of other days: these move from the order's day to their own
entries as (

    select
        store_id,
        customer_id,
        order_date as revenue_date,
        case when is_sale then 1 else 0 end as order_count,
        case when is_sale then units_sold else 0 end as units_sold,
        gross_amount,
        discount_amount,
        return_amount,
        load_id

    from orders

    where is_sale or net_amount <> 0
    {%- for date_column, sign in [('order_date', -1), ('adjustment_date', 1)] %}

    union all

    select
        store_id,
        customer_id,
        {{ date_column }} as revenue_date,
        0 as order_count,
        0 as units_sold,
        {{ sign }} * gross_amount as gross_amount,
        {{ sign }} * discount_amount as discount_amount,
        {{ sign }} * return_amount as return_amount,
        load_id

    from moved
    {%- endfor %}

),

-- most selective column first (cheaper sort)
totals as (

    select
        store_id,
        customer_id,
        revenue_date,
        sum(order_count) as order_count,
        sum(units_sold) as units_sold,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(return_amount) as return_amount,
        max(load_id) as load_id

    from entries

    group by customer_id, revenue_date, store_id

),

final as (

    select
        store_id,
        customer_id,
        revenue_date,
        cast(order_count as integer) as order_count,
        cast(units_sold as numeric(18, 4)) as units_sold,
        cast(gross_amount as numeric(18, 4)) as gross_amount,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(gross_amount - discount_amount - return_amount as numeric(18, 4)) as net_revenue,
        {{ load_through('load_id', ['fct_orders', 'fct_order_adjustments']) }} as load_id

    from totals

)

select * from final
