{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed('order_id') ~ delete_changed('customer_id', customers='int_customer_changes') }}",
    post_hook="{{ analyze() }}"
) }}
-- depends_on: {{ ref('int_order_changes') }}, {{ ref('int_customer_changes') }}
{% set amounts = ['gross_amount', 'discount_amount', 'return_amount', 'fee_amount', 'excluded_amount'] %}
{% set measures = ['line_count', 'units_sold', 'adjustment_count', 'other_day_adjustment_count'] + amounts %}
with

orders as (

    select
        *,
        {{ country_spelling('country') }} as country_spelling

    from {{ ref('int_orders') }}

    where
        {{ is_known('order_date') }}
        {% if is_incremental() -%} -- the number of an order depends on all orders of its customer -- noqa: LT02
        and ( -- noqa: LT02
            (store_id, order_id) in ({{ changed('order_id') }}) -- noqa: LT02
            or (store_id, customer_id) in ({{ changed('customer_id', customers='int_customer_changes') }}) -- noqa: LT02
        ) -- noqa: LT02
        {%- endif %}

),

-- in an increment of these orders only
totals as (

    {{ order_totals(measures, amounts, of='orders' if is_incremental() else none) }}

),

joined as (

    select
        orders.*,
        {% for measure in measures -%}
        coalesce(totals.{{ measure }}, 0) as {{ measure }},
        {% endfor -%}
        -- a credit note, a stock write-off or a cancelled order is no sale
        coalesce(totals.gross_amount > 0, false) as is_sale,
        greatest(orders.load_id, totals.load_id) as newest_load_id,
        spellings.country_code as named_country_code,
        {{ country_unknown_reason('orders.country_spelling', 'spellings') }} as named_unknown_reason,
        customers.country_code as customer_country_code,
        customers.country_unknown_reason as customer_unknown_reason,
        customers.region as customer_region

    from orders

    left join totals
        on orders.store_id = totals.store_id and orders.order_id = totals.order_id

    left join {{ ref('int_country_spellings') }} as spellings
        on orders.country_spelling = spellings.spelling

    left join {{ ref('int_customers') }} as customers
        on orders.store_id = customers.store_id and orders.customer_id = customers.customer_id

),

-- an order that names no country went to its customer's
located as (

    select
        *,
        coalesce(named_unknown_reason, '') = 'not_given' as is_at_customer,
        case
            when region is not null then region
            when named_unknown_reason = 'not_given' or named_country_code = customer_country_code then customer_region
        end as located_region,
        row_number() over (partition by customer_id, store_id, is_sale order by ordered_at asc, order_id asc) as sale_number -- noqa: LT05

    from joined

),

final as (

    select
        store_id,
        order_id,
        customer_id,
        customer_id is null as is_guest,
        order_status,
        is_sale,
        cast(case when is_sale and customer_id is not null then sale_number end as integer) as customer_order_number,
        case when is_sale and customer_id is not null then sale_number = 1 end as is_first_order,
        payment_method,
        sales_channel,
        discount_code,
        country,
        case when is_at_customer then customer_country_code else named_country_code end as country_code,
        case
            when not is_at_customer then named_unknown_reason
            when customer_id is null then 'no_customer'
            when customer_country_code is null then coalesce(customer_unknown_reason, 'not_given')
        end as country_unknown_reason,
        located_region as region,
        case
            when located_region is not null then null
            when customer_id is null then 'no_customer'
            when customer_region is null then 'not_given'
            else 'other_country'
        end as region_unknown_reason,
        currency,
        ordered_at,
        order_date,
        order_hour,
        cast(line_count as integer) as line_count,
        cast(units_sold as numeric(18, 4)) as units_sold,
        cast(gross_amount as numeric(18, 4)) as gross_amount,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(gross_amount - discount_amount - return_amount as numeric(18, 4)) as net_amount,
        cast(fee_amount as numeric(18, 4)) as fee_amount,
        cast(excluded_amount as numeric(18, 4)) as excluded_amount,
        total_amount,
        cast(adjustment_count as integer) as adjustment_count,
        cast(other_day_adjustment_count as integer) as other_day_adjustment_count,
        {{ load_through('newest_load_id', ['int_orders', 'int_customers', 'fct_order_lines', 'fct_order_adjustments']) }} -- noqa: LT05
            as load_id

    from located

)

select * from final
