{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed('order_id') }}",
    post_hook="{{ analyze() }}"
) }}
-- depends_on: {{ ref('int_order_changes') }}
with

adjustments as (

    select * from {{ ref('int_order_adjustments') }}

    {% if is_incremental() -%}
    where (store_id, order_id) in ({{ changed('order_id') }})
    {%- endif %}

),

joined as (

    select
        adjustments.store_id,
        adjustments.adjustment_id,
        adjustments.order_id,
        adjustments.item_id,
        {{ store_date('adjustments.adjusted_at', 'stores.time_zone') }} as adjustment_date,
        orders.order_date,
        adjustments.is_date_inferred,
        replace(adjustments.adjustment_kind, 'refund_unallocated', 'refund') as adjustment_kind,
        stores.prices_include_tax and adjustments.adjustment_kind = 'tax' as is_included_tax,
        {{ in_store_currency('adjustments.amount', 'orders.exchange_rate') }} as amount,
        orders.exchange_rate,
        greatest(adjustments.load_id, orders.load_id) as load_id,
        -- the first rule that fits decides
        case
            when orders.order_id is null then 'unknown_order'
            when orders.order_status = 'cancelled' then 'cancelled_order'
            when orders.order_status = 'pending' then 'pending_order'
            when orders.order_status not in ('completed', 'returned', 'credit_note', 'bad_debt') then 'unknown_status'
            when orders.exchange_rate is null then 'other_currency'
            when adjustments.adjustment_kind not in (
                'discount', 'shipping', 'tax', 'tip', 'fee',
                'refund', 'refund_unallocated', 'refund_goods', 'refund_shipping', 'refund_tax'
            ) then 'unknown_kind'
        end as excluded_reason

    from adjustments

    inner join {{ ref('stores') }} as stores on adjustments.store_id = stores.store_id

    left join {{ ref('int_orders') }} as orders on adjustments.store_id = orders.store_id and adjustments.order_id = orders.order_id -- noqa: LT05

    where {{ is_known(store_date('adjustments.adjusted_at', 'stores.time_zone')) }}

),

-- what the goods of an order with a refund are worth, which the store does not split
order_goods as (

    select
        items.store_id,
        items.order_id,
        sum(items.total_price) as goods_amount

    from {{ ref('int_order_items') }} as items

    where
        (items.store_id, items.order_id) in (
            select joined.store_id, joined.order_id from joined -- noqa: LT09
            where joined.adjustment_kind = 'refund'
        )
        and not exists (
            select 1 from {{ ref('line_codes') }} as line_codes
            where line_codes.product_id = items.product_id and line_codes.line_kind <> 'discount'
        )

    group by items.store_id, items.order_id

),

-- such a refund takes what is left of the goods first, then shipping, tax and fees
counted as (

    select
        joined.*,
        greatest(
            {{ in_store_currency('order_goods.goods_amount', 'joined.exchange_rate') }}
            + sum(case when joined.adjustment_kind in ('discount', 'refund_goods') then joined.amount else 0 end) over (
                partition by joined.store_id, joined.order_id
            ),
            0
        ) as goods_left_amount,
        sum(case when joined.adjustment_kind = 'refund' then -joined.amount else 0 end) over (
            partition by joined.store_id, joined.order_id
            order by joined.adjustment_date asc, joined.adjustment_id asc
        ) as refunded_so_far

    from joined

    left join order_goods on joined.store_id = order_goods.store_id and joined.order_id = order_goods.order_id

),

divided as (

    select
        *,
        case when excluded_reason is null and adjustment_kind = 'discount' then -amount else 0 end as discount_amount,
        case
            when excluded_reason is not null then 0
            when adjustment_kind = 'refund_goods' then -amount
            when adjustment_kind = 'refund' and goods_left_amount is not null
                then
                    greatest(least(refunded_so_far, goods_left_amount), 0)
                    - greatest(least(refunded_so_far + amount, goods_left_amount), 0)
            else 0
        end as return_amount,
        case when excluded_reason is null and is_included_tax then amount else 0 end as included_amount

    from counted

),

-- a tax that the prices include lowers the gross amount and is a fee; it was charged with the lines
final as (

    select
        store_id,
        adjustment_id,
        order_id,
        item_id,
        adjustment_date,
        order_date,
        is_date_inferred,
        adjustment_kind,
        case when is_included_tax and excluded_reason is null then 'included_in_prices' else excluded_reason end as excluded_reason, -- noqa: LT05
        amount,
        cast(-included_amount as numeric(18, 4)) as gross_amount,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(case when excluded_reason is null then amount + discount_amount + return_amount else 0 end as numeric(18, 4)) as fee_amount, -- noqa: LT05
        cast(case when excluded_reason is null then included_amount else amount end as numeric(18, 4)) as excluded_amount, -- noqa: LT05
        {{ load_through('load_id', ['int_orders']) }} as load_id

    from divided

)

select * from final
