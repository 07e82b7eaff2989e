{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ delete_changed('revenue_date') }}") }}
-- depends_on: {{ ref('int_order_changes') }}
{% set reasons = [
    'cancelled_order', 'cancelled_same_day', 'bad_debt', 'negative_price', 'unknown_order', 'pending_order',
    'other_currency', 'unknown_status', 'unknown_kind', 'no_quantity', 'total_mismatch', 'included_in_prices'
] %}
{% set reason_amounts = (reasons | join('_amount,') ~ '_amount').split(',') %}
{% set amounts = ['gross_amount', 'discount_amount', 'return_amount', 'fee_amount', 'excluded_amount'] %}
{% set adjustment_date = store_date('adjustments.adjusted_at', 'zones.time_zone') %}
with

{{ 'changed_days as (' ~ changed('revenue_date') ~ '),' if is_incremental() }}

-- what was delivered, without the rules that say what it counts as
delivered as (

    select
        orders.store_id,
        orders.order_date as revenue_date,
        {{ in_store_currency('items.total_price', 'orders.exchange_rate') }} as raw_amount,
        greatest(items.load_id, orders.load_id) as load_id

    from {{ ref('int_orders') }} as orders

    inner join {{ ref('int_order_items') }} as items
        on orders.store_id = items.store_id and orders.order_id = items.order_id

    where
        {{ is_known('orders.order_date') }}
        {%- if is_incremental() %}
        and (orders.store_id, orders.order_date) in (select changed_days.* from changed_days)
        {%- endif %}

    union all

    select
        adjustments.store_id,
        {{ adjustment_date }} as revenue_date,
        {{ in_store_currency('adjustments.amount', 'orders.exchange_rate') }} as raw_amount,
        greatest(adjustments.load_id, orders.load_id) as load_id

    from {{ ref('int_order_adjustments') }} as adjustments

    inner join {{ ref('stores') }} as zones on adjustments.store_id = zones.store_id

    left join {{ ref('int_orders') }} as orders
        on adjustments.store_id = orders.store_id and adjustments.order_id = orders.order_id

    where
        {{ is_known(adjustment_date) }}
        {%- if is_incremental() %}
        and (adjustments.store_id, {{ adjustment_date }}) in (select changed_days.* from changed_days)
        {%- endif %}

),

raw_totals as (

    select
        store_id,
        revenue_date,
        sum(raw_amount) as raw_amount,
        max(load_id) as load_id

    from delivered

    group by store_id, revenue_date

),

counted as (

    select
        store_id,
        entry_date as revenue_date,
        {% for reason in reasons -%}
        sum(case when excluded_reason = '{{ reason }}' then excluded_amount else 0 end) as {{ reason }}_amount,
        {% endfor -%}
        {% for amount in amounts -%}
        sum({{ amount }}) as {{ amount }},
        {% endfor -%}
        max(load_id) as load_id

    from {{ ref('fct_revenue_entries') }}

    -- lines whose order was not delivered have no day
    where
        entry_date is not null
        {%- if is_incremental() %}
        and (store_id, entry_date) in (select changed_days.* from changed_days)
        {%- endif %}

    group by store_id, entry_date

),

-- a day that only one side knows is a difference
joined as (

    select
        coalesce(raw_totals.store_id, counted.store_id) as store_id,
        coalesce(raw_totals.revenue_date, counted.revenue_date) as revenue_date,
        coalesce(raw_totals.raw_amount, 0) as raw_amount,
        {% for amount in amounts + reason_amounts -%}
        coalesce(counted.{{ amount }}, 0) as {{ amount }},
        {% endfor -%}
        greatest(raw_totals.load_id, counted.load_id) as load_id

    from raw_totals

    full outer join counted
        on raw_totals.store_id = counted.store_id and raw_totals.revenue_date = counted.revenue_date

),

final as (

    select
        store_id,
        revenue_date,
        cast(raw_amount as numeric(18, 4)) as raw_amount,
        cast(gross_amount as numeric(18, 4)) as gross_revenue,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(fee_amount as numeric(18, 4)) as fee_amount,
        cast(excluded_amount as numeric(18, 4)) as excluded_amount,
        cast(cancelled_order_amount as numeric(18, 4)) as excluded_cancelled_order_amount,
        cast(cancelled_same_day_amount as numeric(18, 4)) as excluded_cancelled_same_day_amount,
        cast(bad_debt_amount as numeric(18, 4)) as excluded_bad_debt_amount,
        cast(negative_price_amount as numeric(18, 4)) as excluded_negative_price_amount,
        cast(unknown_order_amount as numeric(18, 4)) as excluded_unknown_order_amount,
        cast(pending_order_amount as numeric(18, 4)) as excluded_pending_order_amount,
        cast(other_currency_amount as numeric(18, 4)) as excluded_other_currency_amount,
        cast(unknown_status_amount as numeric(18, 4)) as excluded_unknown_status_amount,
        cast(unknown_kind_amount as numeric(18, 4)) as excluded_unknown_kind_amount,
        cast(no_quantity_amount as numeric(18, 4)) as excluded_no_quantity_amount,
        cast(total_mismatch_amount as numeric(18, 4)) as excluded_total_mismatch_amount,
        cast(included_in_prices_amount as numeric(18, 4)) as excluded_included_in_prices_amount,
        cast(
            raw_amount - (gross_amount - discount_amount - return_amount + fee_amount + excluded_amount)
            as numeric(18, 4)
        ) as difference_amount,
        {{ load_through('load_id', ['int_orders', 'fct_revenue_entries']) }} as load_id

    from joined

)

select * from final
