with

goods as (

    select * from {{ ref('fct_order_lines') }}

    where line_type = 'goods'

),

adjustments as (

    select * from {{ ref('fct_order_adjustments') }}

    where discount_amount <> 0 or return_amount <> 0

),

-- an amount about one line is that line's; one about the whole order is shared by what the lines cost
shared as (

    select
        adjustments.store_id,
        adjustments.adjustment_id,
        goods.item_id,
        goods.order_id,
        goods.product_id,
        adjustments.adjustment_date,
        adjustments.discount_amount,
        adjustments.return_amount,
        {{ ratio(
            'goods.gross_amount',
            'sum(goods.gross_amount) over (partition by adjustments.store_id, adjustments.adjustment_id)'
        ) }} as line_share

    from adjustments

    inner join goods
        on
            adjustments.store_id = goods.store_id
            and adjustments.order_id = goods.order_id
            and (adjustments.item_id is null or adjustments.item_id = goods.item_id)

),

final as (

    select
        store_id,
        adjustment_id,
        item_id,
        order_id,
        product_id,
        adjustment_date,
        cast(line_share as numeric(18, 8)) as line_share_rate,
        cast(discount_amount * line_share as numeric(18, 8)) as discount_amount,
        cast(return_amount * line_share as numeric(18, 8)) as return_amount

    from shared

)

select * from final
