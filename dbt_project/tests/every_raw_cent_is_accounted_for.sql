{{ config(meta={'dagster': {'ref': {'name': 'fct_daily_revenue'}}}) }}
-- Raw total = gross - discounts - returns + fees + excluded, of fct_revenue_entries for each day (and for lines without
-- a day), of fct_daily_revenue for each complete day: rows are days that do not tie or are missing in a mart.
with

amounts as (

    select
        items.store_id,
        orders.order_date as day,
        {{ in_store_currency('items.total_price', 'orders.exchange_rate') }} as raw_amount,
        cast(null as numeric(18, 4)) as entry_amount,
        cast(null as numeric(18, 4)) as daily_amount

    from {{ ref('int_order_items') }} as items

    inner join {{ ref('stores') }} as stores
        on items.store_id = stores.store_id

    left join {{ ref('int_orders') }} as orders
        on
            items.store_id = orders.store_id
            and items.order_id = orders.order_id

    where {{ is_known('orders.order_date') }}

    union all

    select
        adjustments.store_id,
        {{ store_date('adjustments.adjusted_at', 'stores.time_zone') }} as day,
        {{ in_store_currency('adjustments.amount', 'orders.exchange_rate') }} as raw_amount,
        cast(null as numeric(18, 4)) as entry_amount,
        cast(null as numeric(18, 4)) as daily_amount

    from {{ ref('int_order_adjustments') }} as adjustments

    inner join {{ ref('stores') }} as stores
        on adjustments.store_id = stores.store_id

    left join {{ ref('int_orders') }} as orders
        on
            adjustments.store_id = orders.store_id
            and adjustments.order_id = orders.order_id

    where {{ is_known(store_date('adjustments.adjusted_at', 'stores.time_zone')) }}

    union all

    select
        store_id,
        entry_date as day,
        cast(null as numeric(18, 4)) as raw_amount,
        gross_amount - discount_amount - return_amount + fee_amount + excluded_amount as entry_amount,
        cast(null as numeric(18, 4)) as daily_amount

    from {{ ref('fct_revenue_entries') }}

    union all

    select
        store_id,
        revenue_date as day,
        cast(null as numeric(18, 4)) as raw_amount,
        cast(null as numeric(18, 4)) as entry_amount,
        gross_revenue - discount_amount - return_amount + fee_amount + excluded_amount as daily_amount

    from {{ ref('fct_daily_revenue') }}

),

totals as (

    select
        store_id,
        day,
        sum(raw_amount) as raw_amount,
        sum(entry_amount) as entry_amount,
        sum(daily_amount) as daily_amount

    from amounts

    group by store_id, day

)

select
    totals.*,
    stores.as_of_date

from totals

inner join {{ ref('int_stores') }} as stores
    on totals.store_id = stores.store_id

where
    -- nothing delivered and nothing counted: a day without orders
    totals.raw_amount is distinct from totals.entry_amount
    or (
        totals.day <= stores.as_of_date
        and (totals.daily_amount is null or totals.daily_amount <> coalesce(totals.raw_amount, 0))
    )
    or (totals.day > stores.as_of_date and totals.daily_amount is not null)
