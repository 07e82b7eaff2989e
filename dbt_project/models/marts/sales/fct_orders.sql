{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'order_id', 'row_key': 'order_date', 'changes': ['order_id', 'customer_id', 'order_date']}
) }}

with

{% if is_incremental() -%}
changed as (

    {{ changed('int_orders_dated', 'order_id') }}

    union

    {{ changed('fct_order_lines', 'order_id') }}

    union

    {{ changed('fct_order_adjustments', 'order_id') }}

),

{% endif -%}
orders as (

    select orders.*

    from {{ ref('int_orders_dated') }} as orders

    {% if is_incremental() -%}
    inner join changed
        on
            orders.store_id = changed.store_id
            and orders.order_id = changed.order_id

    {% endif -%}
    where
        orders.order_date is not null
        and {{ is_known('orders.order_date') }}

),

lines as (

    select lines.*

    from {{ ref('fct_order_lines') }} as lines

    {% if is_incremental() -%}
    inner join changed
        on
            lines.store_id = changed.store_id
            and lines.order_id = changed.order_id
    {%- endif %}

),

adjustments as (

    select adjustments.*

    from {{ ref('fct_order_adjustments') }} as adjustments

    {% if is_incremental() -%}
    inner join changed
        on
            adjustments.store_id = changed.store_id
            and adjustments.order_id = changed.order_id
    {%- endif %}

),

line_totals as (

    select
        store_id,
        order_id,
        count(*) as line_count,
        sum(case when line_type = 'goods' then quantity else 0 end) as units_sold,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(return_amount) as return_amount,
        sum(fee_amount) as fee_amount,
        sum(excluded_amount) as excluded_amount,
        max(load_id) as load_id

    from lines

    group by store_id, order_id

),

adjustment_totals as (

    select
        store_id,
        order_id,
        count(*) as adjustment_count,
        sum(case when adjustment_date <> order_date then 1 else 0 end) as other_day_adjustment_count,
        sum(discount_amount) as discount_amount,
        sum(return_amount) as return_amount,
        sum(fee_amount) as fee_amount,
        sum(excluded_amount) as excluded_amount,
        max(load_id) as load_id

    from adjustments

    group by store_id, order_id

),

joined as (

    select
        orders.store_id,
        orders.order_id,
        orders.customer_id,
        orders.order_status,
        orders.payment_method,
        orders.currency,
        orders.ordered_at,
        orders.order_date,
        orders.country,
        orders.total_amount,
        case when line_totals.load_id > orders.load_id then line_totals.load_id else orders.load_id end as load_id,
        coalesce(adjustment_totals.load_id, 0) as adjustment_load_id,
        coalesce(line_totals.line_count, 0) as line_count,
        coalesce(adjustment_totals.adjustment_count, 0) as adjustment_count,
        coalesce(adjustment_totals.other_day_adjustment_count, 0) as other_day_adjustment_count,
        coalesce(line_totals.units_sold, 0) as units_sold,
        coalesce(line_totals.gross_amount, 0) as gross_amount,
        coalesce(line_totals.discount_amount, 0) + coalesce(adjustment_totals.discount_amount, 0) as discount_amount,
        coalesce(line_totals.return_amount, 0) + coalesce(adjustment_totals.return_amount, 0) as return_amount,
        coalesce(line_totals.fee_amount, 0) + coalesce(adjustment_totals.fee_amount, 0) as fee_amount,
        coalesce(line_totals.excluded_amount, 0) + coalesce(adjustment_totals.excluded_amount, 0) as excluded_amount

    from orders

    left join line_totals
        on
            orders.store_id = line_totals.store_id
            and orders.order_id = line_totals.order_id

    left join adjustment_totals
        on
            orders.store_id = adjustment_totals.store_id
            and orders.order_id = adjustment_totals.order_id

),

final as (

    select
        store_id,
        order_id,
        customer_id,
        customer_id is null as is_guest,
        order_status,
        -- a credit note, a stock write-off or a cancelled order is no sale
        gross_amount > 0 as is_sale,
        payment_method,
        country,
        currency,
        ordered_at,
        order_date,
        cast(line_count as integer) as line_count,
        cast(units_sold as bigint) as units_sold,
        cast(gross_amount as numeric(18, 4)) as gross_amount,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(gross_amount - discount_amount - return_amount as numeric(18, 4)) as net_amount,
        cast(fee_amount as numeric(18, 4)) as fee_amount,
        cast(excluded_amount as numeric(18, 4)) as excluded_amount,
        total_amount,
        cast(adjustment_count as integer) as adjustment_count,
        cast(other_day_adjustment_count as integer) as other_day_adjustment_count,
        cast(load_id as bigint) as load_id,
        cast(adjustment_load_id as bigint) as adjustment_load_id

    from joined

)

select * from final
{{- and_replaced('changed', 'order_id') }}
