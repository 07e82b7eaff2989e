{% set columns = ['store_id', 'order_id', 'customer_id', 'order_status', 'ordered_at'] %}
{% set orders = union_sources('orders', columns, versions='changes') %}
-- without CTEs and typed nulls, PostgreSQL filters each branch by itself and skips those whose key is null
select
    store_id,
    'orders' as table_name,
    order_id,
    customer_id,
    ordered_at as occurred_at,
    load_id

from ({{ orders }}) as orders

union all

select
    store_id,
    'order_items' as table_name,
    order_id,
    null as customer_id,
    null as occurred_at,
    load_id

from ({{ union_sources('order_items', ['store_id', 'order_id'], versions='changes') }}) as items

union all

select
    store_id,
    'order_adjustments' as table_name,
    order_id,
    null as customer_id,
    adjusted_at as occurred_at,
    load_id

from (
    {{ union_sources('order_adjustments', ['store_id', 'order_id', 'adjusted_at'], versions='changes') }}
) as adjustments

-- a credit note and an order of the same customer and day may cancel each other: one touches the other, whose own
-- versions tell its customer and days
{% for changed_status, other_status in [('credit_note', 'completed'), ('completed', 'credit_note')] %}
union all

select
    others.store_id,
    'orders' as table_name,
    others.order_id,
    null as customer_id,
    null as occurred_at,
    orders.load_id

from ({{ orders }}) as orders

inner join ({{ union_sources('orders', columns, versions='all') }}) as others -- noqa: ST05
    on
        orders.store_id = others.store_id
        and orders.customer_id = others.customer_id
        and others.ordered_at between
        {{ dbt.dateadd('day', -1, 'orders.ordered_at') }} and {{ dbt.dateadd('day', 1, 'orders.ordered_at') }}

where
    orders.order_status = '{{ changed_status }}'
    and others.order_status = '{{ other_status }}'
{% endfor %}
