{{ config(materialized='view') }}
with

lines as (

    select * from {{ ref('fct_order_lines') }}

),

adjustments as (

    select * from {{ ref('fct_order_adjustments') }}

),

line_shares as (

    select * from {{ ref('fct_order_line_adjustments') }}

    where line_share_rate is not null

),

orders as (

    select * from {{ ref('fct_orders') }}

),

-- a discount or refund is the products' that it falls on; where there are none, and for fees, it is the order's alone
shared as (

    select
        adjustments.store_id,
        adjustments.adjustment_id,
        adjustments.order_id,
        adjustments.adjustment_date,
        adjustments.adjustment_kind,
        coalesce(line_shares.item_id, adjustments.item_id) as item_id,
        line_shares.product_id,
        coalesce(line_shares.discount_amount, adjustments.discount_amount) as discount_amount,
        coalesce(line_shares.return_amount, adjustments.return_amount) as return_amount,
        adjustments.fee_amount,
        adjustments.excluded_amount

    from adjustments

    left join line_shares
        on
            adjustments.store_id = line_shares.store_id
            and adjustments.adjustment_id = line_shares.adjustment_id

),

entries as (

    select
        store_id,
        'line' as entry_type,
        item_id as entry_id,
        line_type as entry_kind,
        order_id,
        item_id,
        customer_id,
        product_id,
        order_date as entry_date,
        case when line_type = 'goods' then quantity else 0 end as units_sold,
        gross_amount,
        discount_amount,
        return_amount,
        fee_amount,
        excluded_amount

    from lines

    union all

    select
        shared.store_id,
        'adjustment' as entry_type,
        shared.adjustment_id || coalesce('/' || shared.item_id, '') as entry_id,
        shared.adjustment_kind as entry_kind,
        shared.order_id,
        shared.item_id,
        orders.customer_id,
        shared.product_id,
        shared.adjustment_date as entry_date,
        0 as units_sold,
        0 as gross_amount,
        shared.discount_amount,
        shared.return_amount,
        shared.fee_amount,
        shared.excluded_amount

    from shared

    left join orders
        on
            shared.store_id = orders.store_id
            and shared.order_id = orders.order_id

),

final as (

    select
        store_id,
        entry_type,
        entry_id,
        entry_kind,
        order_id,
        item_id,
        customer_id,
        product_id,
        entry_date,
        cast(units_sold as bigint) as units_sold,
        cast(gross_amount as numeric(18, 4)) as gross_amount,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(gross_amount - discount_amount - return_amount as numeric(18, 4)) as net_amount,
        cast(fee_amount as numeric(18, 4)) as fee_amount,
        cast(excluded_amount as numeric(18, 4)) as excluded_amount

    from entries

)

select * from final
