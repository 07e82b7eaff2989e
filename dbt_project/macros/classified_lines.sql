{# What each line of `items` is in the words of the business: all lines in int_order_lines_classified, a few in an increment. #}
{% macro classified_lines(items) -%}
with

items as (

    select * from {{ items }}

),

orders as (

    select * from {{ ref('int_orders_dated') }}

),

stores as (

    select * from {{ ref('stores') }}

),

line_codes as (

    select * from {{ ref('line_codes') }}

),

cancellations as (

    select * from {{ ref('int_cancellations_matched') }}

),

joined as (

    select
        items.store_id,
        items.item_id,
        items.order_id,
        orders.customer_id,
        items.product_id,
        orders.order_date,
        items.quantity,
        items.unit_price,
        items.total_price as line_amount,
        case when orders.load_id > items.load_id then orders.load_id else items.load_id end as load_id,
        -- the first rule that fits decides
        case
            when orders.order_id is null then 'unknown_order'
            when orders.order_status = 'cancelled' then 'cancelled_order'
            when orders.order_status = 'bad_debt' or line_codes.line_kind = 'bad_debt' then 'bad_debt'
            when line_codes.line_kind in ('fee', 'discount') then null
            when cancellations.item_id is not null then 'cancelled_same_day'
            when items.unit_price < 0 then 'negative_price'
            when items.unit_price = 0 and items.quantity < 0 then 'write_off'
            when items.unit_price = 0 then 'free_of_charge'
            when items.quantity = 0 then 'no_quantity'
        end as excluded_reason,
        case
            when line_codes.line_kind in ('fee', 'discount') then line_codes.line_kind
            when items.quantity < 0 then 'return'
            else 'goods'
        end as counted_as

    from items

    inner join stores
        on items.store_id = stores.store_id

    left join orders
        on
            items.store_id = orders.store_id
            and items.order_id = orders.order_id

    left join line_codes
        on
            stores.source_name = line_codes.source_name
            and items.product_id = line_codes.product_id

    left join cancellations
        on
            items.store_id = cancellations.store_id
            and items.item_id = cancellations.item_id

    -- a line whose order was not delivered has no day, and is known
    where {{ is_known('orders.order_date') }}

),

typed as (

    select
        *,
        case when excluded_reason is not null then 'excluded' else counted_as end as line_type

    from joined

),

classified as (

    select
        store_id,
        item_id,
        order_id,
        customer_id,
        product_id,
        order_date,
        line_type,
        excluded_reason,
        quantity,
        unit_price,
        line_amount,
        cast(case when line_type = 'goods' then line_amount else 0 end as numeric(18, 4)) as gross_amount,
        cast(case when line_type = 'discount' then -line_amount else 0 end as numeric(18, 4)) as discount_amount,
        cast(case when line_type = 'return' then -line_amount else 0 end as numeric(18, 4)) as return_amount,
        cast(case when line_type = 'fee' then line_amount else 0 end as numeric(18, 4)) as fee_amount,
        cast(case when line_type = 'excluded' then line_amount else 0 end as numeric(18, 4)) as excluded_amount,
        load_id

    from typed

)

select * from classified
{%- endmacro %}
