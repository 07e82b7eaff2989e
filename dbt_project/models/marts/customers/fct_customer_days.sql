{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed('customer_id') }}",
    post_hook="{{ analyze() }}"
) }}
-- depends_on: {{ ref('int_order_changes') }}
with

-- a change on one day of a customer changes the running columns of the days around it
days as (

    select
        *,
        case when order_count > 0 then 1 else 0 end as purchase_count,
        case when order_count > 0 then revenue_date end as purchase_date,
        {{ dbt.datediff("cast('1995-01-01' as date)", 'revenue_date', 'day') }} as day_number -- noqa: LT05

    from {{ ref('fct_customer_daily_revenue') }}

    {% if is_incremental() -%}
    where (store_id, customer_id) in ({{ changed('customer_id') }})
    {%- endif %}

),

-- most selective column first, here and below (cheaper sort)
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
                then {{ dbt.datediff('previous_purchase_date', 'revenue_date', 'day') }} -- noqa: LT05
        end as gap_days,
        min(purchase_date) over (
            partition by customer_id, store_id
            order by purchase_number
            range between 1 following and 1 following
        ) as next_purchase_date,
        -- holds until the next purchase
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
        net_revenue,
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
        cast(running_units_sold as numeric(18, 4)) as running_units_sold,
        cast(running_gross_amount as numeric(18, 4)) as running_gross_amount,
        cast(running_discount_amount as numeric(18, 4)) as running_discount_amount,
        cast(running_return_amount as numeric(18, 4)) as running_return_amount,
        -- of the gaps up to the day, for their variance
        cast(coalesce(sum(cast(gap_days as bigint) * gap_days) over (
            partition by customer_id, store_id
            order by revenue_date
        ), 0) as bigint) as running_gap_square_sum,
        cast(max(gap_days) over (partition by customer_id, store_id, purchase_number) as integer) as last_gap_days,
        cast(substr({{ dbt.hash('customer_id') }}, 1, 2) as {{ dbt.type_string() }}) as sample_bucket,
        {{ load_through('load_id', ['fct_customer_daily_revenue']) }} as load_id

    from gaps

)

select * from final
