{% set negative_lines = '(select store_id, order_id from order_items where quantity < 0)' %}
{# numbers of four decimals without trailing zeros #}
{% set text = "trim(trailing '.' from trim(trailing '0' from cast({} as " ~ dbt.type_string() ~ ")))" %}
{% set total = "coalesce('total ' || " ~ text.format('total_amount') ~ ", 'no total')" %}
{% set charged = " || ', lines and adjustments ' || " ~ text.format('charged_amount') %}
{% set refunds = " || ', refunds ' || " ~ text.format('refund_amount') %}
{% set statuses = "('completed', 'returned', 'pending', 'cancelled', 'credit_note', 'bad_debt')" %}
{% set issues = [
    ('orders', 'order_id', 'without_lines', 'line_count = 0', total),
    ('orders', 'order_id', 'unknown_status', 'order_status not in ' ~ statuses, 'order_status'),
    ('orders', 'order_id', 'other_currency', 'exchange_rate is null', 'currency'),
    ('orders', 'order_id', 'total_differs', 'line_count > 0 and abs(charged_amount - total_amount) >= 0.01',
        total ~ charged),
    ('orders', 'order_id', 'returned_without_refund', "order_status = 'returned' and not is_refunded", total),
    ('orders', 'order_id', 'refund_exceeds_total', 'refund_amount - total_amount >= 0.01', total ~ refunds),
    ('order_items', 'item_id', 'zero_price', 'unit_price = 0', "'quantity ' || " ~ text.format('quantity')),
    (
        'order_items', 'item_id', 'total_mismatch', "excluded_reason = 'total_mismatch'",
        "'total ' || " ~ text.format('total_price') ~ " || ' is not ' || " ~ text.format('quantity')
        ~ " || ' x ' || " ~ text.format('unit_price')
    ),
    ('order_adjustments', 'adjustment_id', 'unknown_kind', "excluded_reason = 'unknown_kind'", 'adjustment_kind')
] %}
with

order_items as (

    select
        lines.*,
        cast({{ ratio('lines.line_amount', 'orders.exchange_rate') }} as numeric(18, 4)) as total_price

    from {{ ref('fct_order_lines') }} as lines

    inner join {{ ref('int_orders') }} as orders
        on lines.store_id = orders.store_id and lines.order_id = orders.order_id

    where
        (lines.unit_price = 0 or lines.quantity < 0 or lines.excluded_reason = 'total_mismatch')

),

order_adjustments as (

    select * from {{ ref('fct_order_adjustments') }}

    where
        excluded_reason = 'unknown_kind'

),

corrections as (

    select
        amounts.store_id,
        amounts.order_id,
        sum(case when amounts.adjustment_kind like 'refund%' then -amounts.amount else 0 end) as refund_amount,
        sum(case when amounts.adjustment_kind = 'tax' then amounts.amount else 0 end) as included_tax_amount

    from {{ ref('fct_order_adjustments') }} as amounts

    inner join {{ ref('stores') }} as stores
        on amounts.store_id = stores.store_id

    where
        (amounts.adjustment_kind like 'refund%' or (amounts.adjustment_kind = 'tax' and stores.prices_include_tax))

    group by amounts.store_id, amounts.order_id

),

-- all raw amounts but refunds and taxes that the prices include were charged at ordering, in store currency
charged as (

    select
        orders.store_id,
        orders.order_id,
        orders.order_status,
        orders.currency,
        orders.line_count,
        orders.load_id,
        rates.exchange_rate,
        {{ in_store_currency('orders.total_amount', 'rates.exchange_rate') }} as total_amount,
        corrections.refund_amount,
        orders.net_amount + orders.fee_amount + orders.excluded_amount
        + coalesce(corrections.refund_amount - corrections.included_tax_amount, 0) as charged_amount,
        coalesce(corrections.refund_amount > 0, false)
        or (orders.store_id, orders.order_id) in {{ negative_lines }}
            as is_refunded

    from {{ ref('fct_orders') }} as orders

    inner join {{ ref('int_orders') }} as rates
        on orders.store_id = rates.store_id and orders.order_id = rates.order_id

    left join corrections
        on orders.store_id = corrections.store_id and orders.order_id = corrections.order_id

),

orders as (

    select * from charged

    where {{ issues | selectattr(0, 'equalto', 'orders') | map(attribute=3) | join(' or ') }}

),

final as (

    select
        store_id,
        table_name,
        row_key,
        issue_kind,
        order_id,
        value,
        load_id

    from (
        {% for table_name, key, kind, condition, value in issues -%}
        select
            store_id,
            '{{ table_name }}' as table_name,
            {{ key }} as row_key,
            '{{ kind }}' as issue_kind,
            order_id,
            {{ value }} as value,
            load_id
        from {{ table_name }}
        where {{ condition }}
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as found

)

select * from final
