{{ config(meta={'dagster': {'ref': {'name': 'fct_daily_revenue'}}}) }}
-- Raw total = gross - discounts - returns + fees + excluded, per store and day: rows are days that do not tie.
with

raw_entries as (

    select
        items.store_id,
        orders.order_date as entry_date,
        items.total_price as amount

    from {{ ref('int_order_items_unioned') }} as items

    left join {{ ref('int_orders_dated') }} as orders
        on
            items.store_id = orders.store_id
            and items.order_id = orders.order_id

    where {{ is_known('orders.order_date') }}

    union all

    select
        store_id,
        adjustment_date as entry_date,
        amount

    from {{ ref('int_order_adjustments_classified') }}

),

raw_totals as (

    select
        store_id,
        entry_date,
        sum(amount) as raw_amount

    from raw_entries

    group by store_id, entry_date

),

counted as (

    select
        store_id,
        order_date as entry_date,
        gross_amount - discount_amount - return_amount + fee_amount + excluded_amount as amount

    from {{ ref('fct_order_lines') }}

    union all

    select
        store_id,
        adjustment_date as entry_date,
        -discount_amount - return_amount + fee_amount + excluded_amount as amount

    from {{ ref('fct_order_adjustments') }}

),

counted_totals as (

    select
        store_id,
        entry_date,
        sum(amount) as counted_amount

    from counted

    group by store_id, entry_date

),

daily_totals as (

    select
        store_id,
        revenue_date as entry_date,
        gross_revenue - discount_amount - return_amount + fee_amount + excluded_amount as daily_amount

    from {{ ref('fct_daily_revenue') }}

)

select
    raw_totals.store_id,
    raw_totals.entry_date,
    raw_totals.raw_amount,
    counted_totals.counted_amount,
    daily_totals.daily_amount

from raw_totals

left join counted_totals
    on
        raw_totals.store_id = counted_totals.store_id
        and coalesce(raw_totals.entry_date, cast('1900-01-01' as date))
        = coalesce(counted_totals.entry_date, cast('1900-01-01' as date))

-- days that are not over are no rows of the daily mart
left join daily_totals
    on
        raw_totals.store_id = daily_totals.store_id
        and raw_totals.entry_date = daily_totals.entry_date

where
    raw_totals.raw_amount <> coalesce(counted_totals.counted_amount, 0)
    or raw_totals.raw_amount <> coalesce(daily_totals.daily_amount, raw_totals.raw_amount)
