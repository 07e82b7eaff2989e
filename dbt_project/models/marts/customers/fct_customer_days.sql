{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'customer_id', 'row_key': 'revenue_date'}
) }}

with

{% if is_incremental() -%}
-- whatever changes on one day of a customer changes what they have on the days around it
changed as (

    {{ changed('fct_orders', 'customer_id') }}

),

{% endif -%}
days as (

    select
        days.*,
        case when days.order_count > 0 then 1 else 0 end as purchase_count,
        case when days.order_count > 0 then days.revenue_date end as purchase_date,
        days.gross_amount - days.discount_amount - days.return_amount as net_revenue,
        {{ dbt.datediff("cast('1995-01-01' as date)", 'days.revenue_date', 'day') }} as day_number -- noqa: LT05

    from {{ ref('int_customer_days') }} as days

    {% if is_incremental() -%}
    inner join changed
        on
            days.store_id = changed.store_id
            and days.customer_id = changed.customer_id
    {%- endif %}

),

-- the key that differs most goes first: it is what sorting compares
numbered as (

    select
        *,
        lead(revenue_date) over by_day as next_revenue_date,
        sum(purchase_count) over by_day as purchase_number,
        min(purchase_date) over by_day as first_purchase_date,
        max(purchase_date) over by_day as last_purchase_date,
        max(purchase_date) over before_day as previous_purchase_date,
        sum(order_count) over by_day as running_order_count,
        sum(units_sold) over by_day as running_units_sold,
        sum(gross_amount) over by_day as running_gross_amount,
        sum(discount_amount) over by_day as running_discount_amount,
        sum(return_amount) over by_day as running_return_amount,
        sum(purchase_count) over last_days as recent_purchase_count,
        sum(net_revenue) over last_days as recent_net_revenue

    from days

    window
        by_day as (partition by customer_id, store_id order by revenue_date),
        before_day as (
            partition by customer_id, store_id
            order by revenue_date
            rows between unbounded preceding and 1 preceding
        ),
        last_days as (
            partition by customer_id, store_id
            order by day_number
            range between 89 preceding and current row
        )

),

gaps as (

    select
        *,
        case
            when purchase_count = 1
                then {{ dbt.datediff('previous_purchase_date', 'revenue_date', 'day') }}
        end as gap_days,
        min(purchase_date) over (
            partition by customer_id, store_id
            order by purchase_number
            range between 1 following and 1 following
        ) as next_purchase_date,
        -- what lasts until the next purchase
        max(case when purchase_count = 1 then gross_amount - discount_amount end) over (
            partition by customer_id, store_id, purchase_number
        ) as last_purchase_amount,
        min(case when purchase_number = 1 and purchase_count = 1 then gross_amount - discount_amount end) over (
            partition by customer_id, store_id
        ) as first_purchase_amount

    from numbered

),

final as (

    select
        store_id,
        customer_id,
        revenue_date,
        next_revenue_date,
        order_count,
        units_sold,
        gross_amount,
        discount_amount,
        return_amount,
        cast(net_revenue as numeric(18, 4)) as net_revenue,
        purchase_count > 0 as is_purchase,
        cast(purchase_number as integer) as purchase_number,
        cast(gap_days as integer) as gap_days,
        first_purchase_date,
        last_purchase_date,
        previous_purchase_date,
        next_purchase_date,
        cast(first_purchase_amount as numeric(18, 4)) as first_purchase_amount,
        cast(last_purchase_amount as numeric(18, 4)) as last_purchase_amount,
        cast(recent_purchase_count as integer) as recent_purchase_count,
        cast(recent_net_revenue as numeric(18, 4)) as recent_net_revenue,
        cast(running_order_count as integer) as running_order_count,
        cast(running_units_sold as bigint) as running_units_sold,
        cast(running_gross_amount as numeric(18, 4)) as running_gross_amount,
        cast(running_discount_amount as numeric(18, 4)) as running_discount_amount,
        cast(running_return_amount as numeric(18, 4)) as running_return_amount,
        -- of the gaps up to now, for their spread
        cast(coalesce(sum(cast(gap_days as bigint) * gap_days) over (
            partition by customer_id, store_id
            order by revenue_date
        ), 0) as bigint) as running_gap_square_sum,
        cast(max(gap_days) over (partition by customer_id, store_id, purchase_number) as integer) as last_gap_days,
        cast(substr({{ dbt.hash('customer_id') }}, 1, 2) as {{ dbt.type_string() }}) as sample_bucket

    from gaps

)

select * from final
{{- and_replaced('changed', 'customer_id') }}
