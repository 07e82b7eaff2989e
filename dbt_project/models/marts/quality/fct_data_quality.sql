{% set row_tables = [('orders', 'order_id', 'fct_orders'), ('order_items', 'item_id', 'fct_order_lines'),
    ('order_adjustments', 'adjustment_id', 'fct_order_adjustments')] %}
{% set issues_of_kept_rows = [
    ('orders', 'customer_id', 'unknown_customer'), ('orders', '(row)', 'without_lines'),
    ('orders', 'status', 'unknown_status'), ('orders', 'status', 'returned_without_refund'),
    ('orders', 'currency', 'other_currency'), ('orders', 'ordered_at', 'late_or_changed'),
    ('orders', 'total_amount', 'total_differs'), ('orders', 'total_amount', 'refund_exceeds_total'),
    ('order_items', 'order_id', 'unknown_order'), ('order_items', 'product_id', 'unknown_product'),
    ('order_items', 'unit_price', 'zero_price'), ('order_items', 'total_price', 'total_mismatch'),
    ('order_adjustments', 'order_id', 'unknown_order'), ('order_adjustments', 'kind', 'unknown_kind')
] %}

with

found as (

    {% for (table_name, row_key, fact), entity in [(row_tables[0], 'customer'), (row_tables[1], 'product')] -%}
    select
        facts.store_id,
        '{{ table_name }}' as table_name,
        'unknown_{{ entity }}' as issue_kind,
        facts.{{ row_key }} as row_key

    from {{ ref(fact) }} as facts

    inner join {{ ref('dim_' ~ entity ~ 's') }} as entities
        on facts.store_id = entities.store_id and facts.{{ entity }}_id = entities.{{ entity }}_id

    where not entities.is_listed {{ 'and entities.is_goods' if entity == 'product' }}

    union all

    {% endfor -%}
    {% for table_name, row_key, fact in row_tables if table_name != 'orders' -%}
    select
        store_id,
        '{{ table_name }}' as table_name,
        'unknown_order' as issue_kind,
        {{ row_key }} as row_key

    from {{ ref(fact) }}

    where excluded_reason = 'unknown_order'

    union all

    {% endfor -%}
    -- a day is over once an order of a later day is known
    select
        orders.store_id,
        'orders' as table_name,
        'late_or_changed' as issue_kind,
        orders.order_id as row_key

    from {{ ref('int_orders') }} as orders

    inner join {{ ref('int_store_loads') }} as loads
        on orders.store_id = loads.store_id and orders.load_id = loads.load_id

    where orders.order_date < loads.last_order_date_before and {{ is_known('orders.order_date') }}

    union all

    select
        store_id,
        table_name,
        issue_kind,
        row_key

    from {{ ref('fct_order_issues') }}

),

tables as (

    {% for table_name, _, fact in row_tables -%}
    select
        store_id,
        '{{ table_name }}' as table_name,
        count(*) as table_row_count

    from {{ ref(fact) }}

    group by store_id {{ 'union all' if not loop.last }}
    {% endfor %}
),

kinds as (

    {% for table_name, column_name, issue_kind in issues_of_kept_rows -%}
    select '{{ table_name }}' as table_name, '{{ column_name }}' as column_name, '{{ issue_kind }}' as issue_kind
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

issues as (

    select
        stores.store_id,
        stores.source_name,
        kinds.table_name,
        kinds.column_name,
        kinds.issue_kind,
        'kept' as outcome,
        count(found.row_key) as row_count,
        coalesce(max(tables.table_row_count), 0) as table_row_count,
        min(found.row_key) as first_key,
        max(found.row_key) as last_key

    from {{ ref('dim_stores') }} as stores

    cross join kinds

    left join tables
        on stores.store_id = tables.store_id and kinds.table_name = tables.table_name

    left join found
        on
            stores.store_id = found.store_id
            and kinds.table_name = found.table_name
            and kinds.issue_kind = found.issue_kind

    group by stores.store_id, stores.source_name, kinds.table_name, kinds.column_name, kinds.issue_kind

    union all

    select * from {{ ref('int_delivery_issues') }}

),

final as (

    select
        store_id,
        source_name,
        table_name,
        column_name,
        issue_kind,
        outcome,
        cast(row_count as bigint) as row_count,
        cast(table_row_count as bigint) as table_row_count,
        cast({{ ratio('row_count', 'table_row_count') }} as numeric(18, 8)) as row_rate,
        first_key,
        last_key

    from issues

)

select * from final
