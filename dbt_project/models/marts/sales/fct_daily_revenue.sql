{{ config(post_hook="{{ analyze() }}") }}
with

days as (

    select * from {{ ref('int_store_days_spined') }}

),

entries as (

    select
        store_id,
        entry_date,
        sum(units_sold) as units_sold,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(return_amount) as return_amount,
        sum(net_amount) as net_amount,
        sum(fee_amount) as fee_amount,
        sum(excluded_amount) as excluded_amount

    from {{ ref('fct_revenue_entries') }}

    group by store_id, entry_date

),

orders as (

    select
        store_id,
        order_date,
        sum(case when is_sale then 1 else 0 end) as order_count,
        sum(case when is_sale and is_guest then 1 else 0 end) as guest_order_count,
        count(distinct case when is_sale then customer_id end) as customer_count,
        sum(case when order_status = 'cancelled' then 1 else 0 end) as cancelled_order_count,
        sum(case when order_status = 'pending' then 1 else 0 end) as pending_order_count

    from {{ ref('fct_orders') }}

    group by store_id, order_date

),

-- a day without sales is a zero, not a gap
filled as (

    select
        days.store_id,
        days.revenue_date,
        days.day_number,
        coalesce(orders.order_count, 0) as order_count,
        coalesce(orders.guest_order_count, 0) as guest_order_count,
        coalesce(orders.customer_count, 0) as customer_count,
        coalesce(orders.cancelled_order_count, 0) as cancelled_order_count,
        coalesce(orders.pending_order_count, 0) as pending_order_count,
        coalesce(entries.units_sold, 0) as units_sold,
        coalesce(entries.gross_amount, 0) as gross_revenue,
        coalesce(entries.discount_amount, 0) as discount_amount,
        coalesce(entries.return_amount, 0) as return_amount,
        coalesce(entries.net_amount, 0) as net_revenue,
        coalesce(entries.fee_amount, 0) as fee_amount,
        coalesce(entries.excluded_amount, 0) as excluded_amount

    from days

    left join entries
        on
            days.store_id = entries.store_id
            and days.revenue_date = entries.entry_date

    left join orders
        on
            days.store_id = orders.store_id
            and days.revenue_date = orders.order_date

),

averaged as (

    {{ with_moving_averages('filled', ['store_id']) }}

),

compared as (

    {{ with_past('averaged', ['store_id'], 'day_number', 364, 'net_revenue_year_before') }}

),

final as (

    select
        store_id,
        revenue_date,
        cast(order_count as integer) as order_count,
        cast(guest_order_count as integer) as guest_order_count,
        cast(customer_count as integer) as customer_count,
        cast(cancelled_order_count as integer) as cancelled_order_count,
        cast(pending_order_count as integer) as pending_order_count,
        cast(units_sold as numeric(18, 4)) as units_sold,
        cast(gross_revenue as numeric(18, 4)) as gross_revenue,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(net_revenue as numeric(18, 4)) as net_revenue,
        cast({{ ratio('gross_revenue - discount_amount', 'order_count') }} as numeric(18, 4)) as average_order_value,
        cast(fee_amount as numeric(18, 4)) as fee_amount,
        cast(excluded_amount as numeric(18, 4)) as excluded_amount,
        cast(net_revenue_7_day_average as numeric(18, 4)) as net_revenue_7_day_average,
        cast(net_revenue_30_day_average as numeric(18, 4)) as net_revenue_30_day_average,
        cast(net_revenue_year_before as numeric(18, 4)) as net_revenue_year_before,
        {{ growth_pct('net_revenue', 'net_revenue_year_before') }} as growth_year_over_year_pct

    from compared

)

select * from final
