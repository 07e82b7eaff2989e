{% set issues_of_kept_rows = [
    ('orders', 'customer_id', 'unknown_customer'),
    ('orders', '(row)', 'without_lines'),
    ('orders', 'currency', 'other_currency'),
    ('orders', 'total_amount', 'total_differs'),
    ('orders', 'ordered_at', 'late_or_changed'),
    ('order_items', 'order_id', 'unknown_order'),
    ('order_items', 'product_id', 'unknown_product'),
    ('order_items', 'unit_price', 'zero_price'),
    ('order_adjustments', 'order_id', 'unknown_order')
] %}
{% set marts = {
    'orders': 'fct_orders',
    'order_items': 'fct_order_lines',
    'order_adjustments': 'fct_order_adjustments'
} %}

with

stores as (

    select * from {{ ref('dim_stores') }}

),

checked_days as (

    select * from {{ ref('int_order_days_checked') }}

),

delivered as (

    select * from {{ ref('int_delivery_issues_counted') }}

),

-- what can only be seen beside other tables, row by row
faulty_rows as (

    select
        orders.store_id,
        'orders' as table_name,
        'unknown_customer' as issue_kind,
        orders.order_id as row_key

    from {{ ref('dim_customers') }} as customers

    inner join {{ ref('fct_orders') }} as orders
        on
            customers.store_id = orders.store_id
            and customers.customer_id = orders.customer_id

    where not customers.is_listed

    union all

    select
        store_id,
        'orders' as table_name,
        'late_or_changed' as issue_kind,
        order_id as row_key

    from {{ ref('int_orders_delivered_late') }}

    union all

    select
        lines.store_id,
        'order_items' as table_name,
        'unknown_product' as issue_kind,
        lines.item_id as row_key

    from {{ ref('dim_products') }} as products

    inner join {{ ref('fct_order_lines') }} as lines
        on
            products.store_id = lines.store_id
            and products.product_id = lines.product_id

    where not products.is_listed and products.is_goods

    union all

    select
        store_id,
        'order_items' as table_name,
        'unknown_order' as issue_kind,
        item_id as row_key

    from {{ ref('fct_order_lines') }}

    where order_date is null

    union all

    select
        store_id,
        'order_adjustments' as table_name,
        'unknown_order' as issue_kind,
        adjustment_id as row_key

    from {{ ref('fct_order_adjustments') }}

    where order_date is null

),

found as (

    select
        store_id,
        table_name,
        issue_kind,
        count(*) as row_count,
        min(row_key) as first_key,
        max(row_key) as last_key

    from faulty_rows

    group by store_id, table_name, issue_kind

    union all

    select
        store_id,
        table_name,
        issue_kind,
        sum(row_count) as row_count,
        min(first_key) as first_key,
        max(last_key) as last_key

    from checked_days

    group by store_id, table_name, issue_kind

),

tables as (

    {%- for table_name, mart in marts.items() %}
    select
        store_id,
        '{{ table_name }}' as table_name,
        count(*) as table_row_count

    from {{ ref(mart) }}

    group by store_id
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

sought as (

    {%- for table_name, column_name, issue_kind in issues_of_kept_rows %}
    select
        store_id,
        source_name,
        '{{ table_name }}' as table_name,
        '{{ column_name }}' as column_name,
        '{{ issue_kind }}' as issue_kind

    from stores
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

issues as (

    select
        sought.store_id,
        sought.source_name,
        sought.table_name,
        sought.column_name,
        sought.issue_kind,
        'kept' as outcome,
        coalesce(found.row_count, 0) as row_count,
        coalesce(tables.table_row_count, 0) as table_row_count,
        found.first_key,
        found.last_key

    from sought

    left join tables
        on
            sought.store_id = tables.store_id
            and sought.table_name = tables.table_name

    left join found
        on
            sought.store_id = found.store_id
            and sought.table_name = found.table_name
            and sought.issue_kind = found.issue_kind

    union all

    select
        store_id,
        source_name,
        table_name,
        column_name,
        issue_kind,
        outcome,
        row_count,
        table_row_count,
        first_key,
        last_key

    from delivered

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
