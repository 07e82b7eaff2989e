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

with

stores as (

    select * from {{ ref('dim_stores') }}

),

order_days as (

    select * from {{ ref('int_order_days_versioned') }}

),

adjustment_days as (

    select * from {{ ref('int_adjustment_days_versioned') }}

),

order_loads as (

    select * from {{ ref('int_order_loads_counted') }}

    where {{ is_known('order_date') }}

),

loads as (

    select * from {{ ref('int_loads_dated') }}

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
        table_name,
        issue_kind,
        row_key

    from {{ ref('int_orders_checked') }}

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

    -- a day is over when an order of a later one is known; what was delivered after that came late, or was changed
    select
        order_loads.store_id,
        'orders' as table_name,
        'late_or_changed' as issue_kind,
        sum(order_loads.order_count) as row_count,
        min(order_loads.first_order_id) as first_key,
        max(order_loads.last_order_id) as last_key

    from order_loads

    inner join loads
        on
            order_loads.store_id = loads.store_id
            and order_loads.load_id = loads.load_id
            and order_loads.order_date < loads.last_order_date_before

    group by order_loads.store_id

    union all

    select
        store_id,
        'order_adjustments' as table_name,
        'unknown_order' as issue_kind,
        sum(unknown_order_count) as row_count,
        min(unknown_order_first_key) as first_key,
        max(unknown_order_last_key) as last_key

    from adjustment_days

    group by store_id

),

lines_without_day as (

    select
        store_id,
        count(*) as line_count

    from {{ ref('fct_order_lines') }}

    where order_date is null

    group by store_id

),

-- counted by the day already: the tables themselves are large
counted as (

    select
        store_id,
        'orders' as table_name,
        order_count as row_count

    from order_days

    union all

    select
        store_id,
        'order_items' as table_name,
        line_count as row_count

    from order_days

    union all

    select
        store_id,
        'order_items' as table_name,
        line_count as row_count

    from lines_without_day

    union all

    select
        store_id,
        'order_adjustments' as table_name,
        adjustment_count as row_count

    from adjustment_days

),

tables as (

    select
        store_id,
        table_name,
        sum(row_count) as table_row_count

    from counted

    group by store_id, table_name

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
