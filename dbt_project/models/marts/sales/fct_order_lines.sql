{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed('order_id', without='order_adjustments') }}",
    post_hook="{{ analyze() }}"
) }}
-- depends_on: {{ ref('int_order_changes') }}
with

items as (

    select * from {{ ref('int_order_items') }}

    {% if is_incremental() -%}
    where (store_id, order_id) in ({{ changed('order_id', without='order_adjustments') }})
    {%- endif %}

),

orders as (

    select * from {{ ref('int_orders') }}

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
        {{ in_store_currency('items.total_price', 'orders.exchange_rate') }} as line_amount,
        greatest(items.load_id, orders.load_id, cancellations.load_id) as load_id,
        -- the first rule that fits decides
        case
            when orders.order_id is null then 'unknown_order'
            when orders.order_status = 'cancelled' then 'cancelled_order'
            when orders.order_status = 'pending' then 'pending_order'
            when orders.order_status = 'bad_debt' or line_codes.line_kind = 'bad_debt' then 'bad_debt'
            when orders.order_status not in ('completed', 'returned', 'credit_note') then 'unknown_status'
            when orders.exchange_rate is null then 'other_currency'
            when line_codes.line_kind in ('fee', 'discount') then null
            when cancellations.item_id is not null then 'cancelled_same_day'
            when items.unit_price < 0 then 'negative_price'
            when items.unit_price = 0 and items.total_price = 0 and items.quantity < 0 then 'write_off'
            when items.unit_price = 0 and items.total_price = 0 then 'free_of_charge'
            when items.quantity = 0 then 'no_quantity'
            when {{ differs_from_price('items.total_price', 'items.quantity', 'items.unit_price') }} then 'total_mismatch' -- noqa: LT05
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

final as (

    select
        store_id,
        item_id,
        order_id,
        customer_id,
        product_id,
        order_date,
        line_type,
        excluded_reason,
        cast(quantity as numeric(11, 4)) as quantity,
        cast(unit_price as numeric(15, 4)) as unit_price,
        line_amount,
        cast(case when line_type = 'goods' then line_amount else 0 end as numeric(18, 4)) as gross_amount,
        cast(case when line_type = 'discount' then -line_amount else 0 end as numeric(18, 4)) as discount_amount,
        cast(case when line_type = 'return' then -line_amount else 0 end as numeric(18, 4)) as return_amount,
        cast(case when line_type = 'fee' then line_amount else 0 end as numeric(18, 4)) as fee_amount,
        cast(case when line_type = 'excluded' then line_amount else 0 end as numeric(18, 4)) as excluded_amount,
        {{ load_through('load_id', ['int_orders', 'int_cancellations_matched']) }} as load_id

    from typed

)

select * from final
