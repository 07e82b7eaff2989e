{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed('order_id') }}",
    post_hook="{{ analyze() }}"
) }}
-- depends_on: {{ ref('int_order_changes') }}
with

goods as (

    select * from {{ ref('fct_order_lines') }}

    where line_type = 'goods'

),

adjustments as (

    select * from {{ ref('fct_order_adjustments') }}

    where
        (gross_amount <> 0 or discount_amount <> 0 or return_amount <> 0)
        {% if is_incremental() -%}
        and (store_id, order_id) in ({{ changed('order_id') }})
        {%- endif %}

),

decimals as (

    select
        stores.store_id,
        coalesce(currencies.decimals, 2) as decimals

    from {{ ref('stores') }} as stores

    left join {{ ref('currency_decimals') }} as currencies
        on stores.currency = currencies.currency

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
        decimals.decimals,
        adjustments.gross_amount,
        adjustments.discount_amount,
        adjustments.return_amount,
        goods.gross_amount as line_gross_amount,
        sum(goods.gross_amount) over (
            partition by adjustments.store_id, adjustments.adjustment_id
        ) as order_gross_amount,
        sum(goods.gross_amount) over (
            partition by adjustments.store_id, adjustments.adjustment_id
            order by goods.item_id asc
            rows between unbounded preceding and current row
        ) as gross_amount_so_far,
        greatest(goods.load_id, adjustments.load_id) as load_id

    from adjustments

    inner join decimals
        on adjustments.store_id = decimals.store_id

    inner join goods
        on
            adjustments.store_id = goods.store_id
            and adjustments.order_id = goods.order_id
            and (adjustments.item_id is null or adjustments.item_id = goods.item_id)

),

shared as (

    select
        *,
        {{ ratio('line_gross_amount', 'order_gross_amount') }} as line_share_rate,
        {{ ratio('gross_amount_so_far', 'order_gross_amount') }} as share_so_far,
        {{ ratio('gross_amount_so_far - line_gross_amount', 'order_gross_amount') }} as share_before

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
        {{ share_of('gross_amount', 'share_so_far', 'share_before', 'decimals') }} as gross_amount,
        {{ share_of('discount_amount', 'share_so_far', 'share_before', 'decimals') }} as discount_amount,
        {{ share_of('return_amount', 'share_so_far', 'share_before', 'decimals') }} as return_amount,
        {{ load_through('load_id', ['fct_order_lines', 'fct_order_adjustments']) }} as load_id

    from shared

)

select * from final
