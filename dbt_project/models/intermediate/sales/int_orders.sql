{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed('order_id', entity='orders') }}",
    post_hook="{{ analyze() }}"
) }}
with

orders as (

    select * from (
        {{ union_sources('orders', [
            'store_id', 'order_id', 'customer_id', 'order_status', 'payment_method', 'sales_channel', 'discount_code',
            'country', 'region', 'currency', 'ordered_at', 'total_amount', 'load_id', 'replaced_by_load_id'
        ]) }}
    ) as stacked

    {% if is_incremental() -%}
    where (store_id, order_id) in ({{ changed('order_id', entity='orders') }})
    {%- endif %}

),

stores as (

    select * from {{ ref('stores') }}

),

rates as (

    select
        store_id,
        currency,
        rate,
        rate_date,
        lead(rate_date) over (partition by store_id, currency order by rate_date) as next_rate_date

    from {{ ref('exchange_rates') }}

),

-- the rows of a flat file tell of an order several times
grouped as (

    select
        store_id,
        order_id,
        max(customer_id) as customer_id,
        max(order_status) as order_status,
        max(payment_method) as payment_method,
        max(sales_channel) as sales_channel,
        max(discount_code) as discount_code,
        max(country) as country,
        max(region) as region,
        max(currency) as currency,
        min(ordered_at) as ordered_at,
        sum(total_amount) as total_amount,
        max(load_id) as load_id

    from orders

    group by store_id, order_id

),

dated as (

    select
        grouped.*,
        {{ store_date('grouped.ordered_at', 'stores.time_zone') }} as order_date,
        {{ store_hour('grouped.ordered_at', 'stores.time_zone') }} as order_hour,
        grouped.currency <> stores.currency as is_other_currency

    from grouped

    inner join stores
        on grouped.store_id = stores.store_id

)

select
    dated.store_id,
    dated.order_id,
    dated.customer_id,
    dated.order_status,
    dated.payment_method,
    dated.sales_channel,
    dated.discount_code,
    dated.country,
    dated.region,
    dated.currency,
    cast(case when dated.is_other_currency then rates.rate else 1 end as numeric(18, 8)) as exchange_rate,
    dated.ordered_at,
    dated.order_date,
    dated.order_hour,
    cast(dated.total_amount as numeric(18, 4)) as total_amount,
    dated.load_id

from dated

left join rates
    on
        dated.is_other_currency
        and dated.store_id = rates.store_id
        and dated.currency = rates.currency
        and dated.order_date >= rates.rate_date
        and dated.order_date < coalesce(rates.next_rate_date, cast('9999-12-31' as date))
