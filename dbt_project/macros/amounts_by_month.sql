{#
    What orders brought, in the month in which each amount was made: an order in its own, and a discount or refund that
    was made in another month in that one. Several rows per order. With `since`, a day, perhaps not all from before it.
#}
{% macro amounts_by_month(orders, adjustments, condition, since=none) -%}
    {%- set order_month = "cast(" ~ dbt.date_trunc('month', 'orders.order_date') ~ " as date)" -%}
    {%- set adjustment_month = "cast(" ~ dbt.date_trunc('month', 'adjustments.adjustment_date') ~ " as date)" -%}
    select
        orders.store_id,
        orders.customer_id,
        {{ order_month }} as month_start_date,
        case when orders.is_sale then 1 else 0 end as order_count,
        case when orders.is_sale then orders.order_date end as last_order_date,
        orders.net_amount as net_revenue

    from {{ orders }} as orders

    -- a cancelled order is nothing that happened
    where
        {{ condition }}
        and (orders.is_sale or orders.net_amount <> 0)
        {%- if since %}
        and orders.order_date >= {{ since }}
        {%- endif %}

    union all

    -- back into the month of the order, and out of the month of the change
    select
        orders.store_id,
        orders.customer_id,
        case when signs.sign = 1 then {{ order_month }} else {{ adjustment_month }} end as month_start_date,
        0 as order_count,
        cast(null as date) as last_order_date,
        signs.sign * (adjustments.discount_amount + adjustments.return_amount) as net_revenue

    from {{ adjustments }} as adjustments

    inner join {{ orders }} as orders
        on
            adjustments.store_id = orders.store_id
            and adjustments.order_id = orders.order_id

    cross join (
        select 1 as sign
        union all
        select -1 as sign
    ) as signs

    where
        {{ condition }}
        and (adjustments.discount_amount <> 0 or adjustments.return_amount <> 0)
        and {{ adjustment_month }} <> {{ order_month }}
        {%- if since %}
        and (orders.order_date >= {{ since }} or adjustments.adjustment_date >= {{ since }})
        {%- endif %}
{%- endmacro %}
