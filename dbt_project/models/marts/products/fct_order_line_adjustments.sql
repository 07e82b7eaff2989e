{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'order_id', 'row_key': 'adjustment_id', 'changes': ['adjustment_date']}
) }}

with

{% if is_incremental() -%}
changed as (

    {{ changed('fct_order_lines', 'order_id') }}

    union

    {{ changed('fct_order_adjustments', 'order_id') }}

),

{% endif -%}
goods as (

    select * from {{ ref('fct_order_lines') }}

    where line_type = 'goods'

),

adjustments as (

    select adjustments.*

    from {{ ref('fct_order_adjustments') }} as adjustments

    {% if is_incremental() -%}
    inner join changed
        on
            adjustments.store_id = changed.store_id
            and adjustments.order_id = changed.order_id

    {% endif -%}
    where adjustments.discount_amount <> 0 or adjustments.return_amount <> 0

),

-- an amount about one line is that line's; one about the whole order is shared by what the lines cost
joined as (

    select
        adjustments.store_id,
        adjustments.adjustment_id,
        goods.item_id,
        goods.order_id,
        goods.product_id,
        adjustments.adjustment_date,
        adjustments.order_date,
        adjustments.discount_amount,
        adjustments.return_amount,
        goods.gross_amount,
        sum(goods.gross_amount) over (
            partition by adjustments.store_id, adjustments.adjustment_id
        ) as order_gross_amount,
        sum(goods.gross_amount) over (
            partition by adjustments.store_id, adjustments.adjustment_id
            order by goods.item_id asc
            rows between unbounded preceding and current row
        ) as gross_amount_so_far,
        case when goods.load_id > adjustments.load_id then goods.load_id else adjustments.load_id end as load_id

    from adjustments

    inner join goods
        on
            adjustments.store_id = goods.store_id
            and adjustments.order_id = goods.order_id
            and (adjustments.item_id is null or adjustments.item_id = goods.item_id)

),

-- shares up to and including a line, less those before it: rounded, they still add up to the whole
shared as (

    select
        *,
        {{ ratio('gross_amount', 'order_gross_amount') }} as line_share_rate,
        {{ ratio('gross_amount_so_far', 'order_gross_amount') }} as share_so_far_rate,
        {{ ratio('gross_amount_so_far - gross_amount', 'order_gross_amount') }} as share_before_rate

    from joined

),

final as (

    select
        store_id,
        adjustment_id,
        item_id,
        order_id,
        product_id,
        adjustment_date,
        order_date,
        cast(line_share_rate as numeric(18, 8)) as line_share_rate,
        cast(
            round(discount_amount * share_so_far_rate, 4) - round(discount_amount * share_before_rate, 4)
            as numeric(18, 4)
        ) as discount_amount,
        cast(
            round(return_amount * share_so_far_rate, 4) - round(return_amount * share_before_rate, 4)
            as numeric(18, 4)
        ) as return_amount,
        load_id

    from shared

)

select * from final
{{- and_replaced('changed', 'order_id') }}
