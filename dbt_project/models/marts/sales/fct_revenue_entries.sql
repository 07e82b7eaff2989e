{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed('order_id') }}",
    post_hook="{{ analyze() }}"
) }}
-- depends_on: {{ ref('int_order_changes') }}
with

lines as (

    select * from {{ ref('fct_order_lines') }}

    {% if is_incremental() -%}
    where (store_id, order_id) in ({{ changed('order_id') }})
    {%- endif %}

),

adjustments as (

    select * from {{ ref('fct_order_adjustments') }}

    {% if is_incremental() -%}
    where (store_id, order_id) in ({{ changed('order_id') }})
    {%- endif %}

),

-- an amount is the products' whose lines it falls on; where there are none, and for fees, it is the order's alone
shared as (

    select
        adjustments.store_id,
        adjustments.adjustment_id,
        adjustments.order_id,
        adjustments.adjustment_date,
        adjustments.adjustment_kind,
        adjustments.excluded_reason,
        orders.customer_id,
        coalesce(shares.item_id, adjustments.item_id) as item_id,
        shares.product_id,
        coalesce(shares.gross_amount, adjustments.gross_amount) as gross_amount,
        coalesce(shares.discount_amount, adjustments.discount_amount) as discount_amount,
        coalesce(shares.return_amount, adjustments.return_amount) as return_amount,
        -- fees and what is excluded are not shared: they stand at the first line
        case
            when row_number() over (
                partition by adjustments.store_id, adjustments.adjustment_id
                order by shares.item_id asc
            ) = 1 then 1
            else 0
        end as is_first_share,
        adjustments.fee_amount,
        adjustments.excluded_amount,
        greatest(adjustments.load_id, shares.load_id) as load_id

    from adjustments

    left join {{ ref('int_orders') }} as orders
        on adjustments.store_id = orders.store_id and adjustments.order_id = orders.order_id

    left join {{ ref('fct_order_line_adjustments') }} as shares
        on
            adjustments.store_id = shares.store_id
            and adjustments.adjustment_id = shares.adjustment_id
            and shares.line_share_rate is not null

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
        excluded_reason,
        case when line_type = 'goods' then quantity else 0 end as units_sold,
        -- units that came back on lines of their own; a refund of money says nothing about units
        case when line_type = 'return' then -quantity else 0 end as units_returned,
        gross_amount,
        discount_amount,
        return_amount,
        fee_amount,
        excluded_amount,
        load_id

    from lines

    union all

    select
        store_id,
        'adjustment' as entry_type,
        adjustment_id || coalesce('/' || item_id, '') as entry_id,
        adjustment_kind as entry_kind,
        order_id,
        item_id,
        customer_id,
        product_id,
        adjustment_date as entry_date,
        excluded_reason,
        0 as units_sold,
        0 as units_returned,
        gross_amount,
        discount_amount,
        return_amount,
        is_first_share * fee_amount as fee_amount,
        is_first_share * excluded_amount as excluded_amount,
        load_id

    from shared

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
        excluded_reason,
        cast(units_sold as numeric(18, 4)) as units_sold,
        cast(units_returned as numeric(18, 4)) as units_returned,
        cast(gross_amount as numeric(18, 4)) as gross_amount,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(gross_amount - discount_amount - return_amount as numeric(18, 4)) as net_amount,
        cast(fee_amount as numeric(18, 4)) as fee_amount,
        cast(excluded_amount as numeric(18, 4)) as excluded_amount,
        {{ load_through('load_id', ['int_orders', 'fct_order_lines', 'fct_order_adjustments', 'fct_order_line_adjustments']) }} -- noqa: LT05
            as load_id

    from entries

)

select * from final
