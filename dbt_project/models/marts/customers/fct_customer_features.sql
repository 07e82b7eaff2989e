{% set periods, training_customers = [90, 180, 365], 10000 %}
{% set bucket, hex_digits = 'substr(' ~ dbt.hash('customer_id') ~ ', {}, 1)', "'0123456789abcdef'" %}
with

-- a large store is sampled: bucket number (0 to 255) < 256 * 10,000 / customers
customers as (

    select
        store_id,
        customer_id,
        as_of_date,
        count(*) over (partition by store_id) <= {{ 2 * training_customers }} or (
            16 * {{ dbt.position(bucket.format(1), hex_digits) }}
            + {{ dbt.position(bucket.format(2), hex_digits) }} - 17
        ) * count(*) over (partition by store_id) < {{ 256 * training_customers }} as is_sampled

    from {{ ref('fct_customer_rfm') }}

),

-- features: the state that the customer's last day up to the snapshot left
past as (

    select
        days.*,
        dates.revenue_date as snapshot_date,
        customers.as_of_date,
        customers.is_sampled,
        {{ dbt.datediff('days.last_purchase_date', 'dates.revenue_date', 'day') }} as recency_days, -- noqa: LT05
        {{ dbt.datediff('days.first_purchase_date', 'dates.revenue_date', 'day') }} as tenure_days, -- noqa: LT05
        {{ dbt.datediff('days.first_purchase_date', 'days.last_purchase_date', 'day') }} as buying_days, -- noqa: LT05
        days.purchase_number - 1 as gap_count,
        days.running_gross_amount - days.running_discount_amount as ordered_amount

    from {{ ref('fct_customer_days') }} as days

    inner join customers on days.store_id = customers.store_id and days.customer_id = customers.customer_id

    inner join {{ ref('int_store_days_spined') }} as dates
        on
            days.store_id = dates.store_id
            and days.revenue_date <= dates.revenue_date
            and dates.revenue_date < coalesce(days.next_revenue_date, cast('9999-12-31' as date))

    where
        days.purchase_number > 0
        and dates.is_snapshot_date
        and (customers.is_sampled or dates.revenue_date = customers.as_of_date)

),

-- labels: complete days after the snapshot
future as (

    select
        past.store_id,
        past.customer_id,
        past.snapshot_date,
        {% for days in periods -%}
        {% set is_over = dbt.dateadd('day', days, 'past.snapshot_date') ~ ' <= past.as_of_date' -%}
        {% set is_within = dbt.datediff('past.snapshot_date', 'days.revenue_date', 'day') ~ ' <= ' ~ days -%}
        case when {{ is_over }} then sum(case when {{ is_within }} then days.net_revenue else 0 end) end -- noqa: LT05
            as net_revenue_{{ days }},
        case when {{ is_over }} then sum(case when {{ is_within }} and days.is_purchase then 1 else 0 end) end -- noqa: LT05
            as purchase_count_{{ days }},
        {% endfor -%}
        min(case when days.is_purchase then days.revenue_date end) as next_purchase_date

    from past

    left join {{ ref('fct_customer_days') }} as days
        on
            past.store_id = days.store_id
            and past.customer_id = days.customer_id
            and past.as_of_date >= days.revenue_date
            and {{ dbt.datediff('past.snapshot_date', 'days.revenue_date', 'day') }} between 1 and 365 -- noqa: LT05

    where past.snapshot_date < past.as_of_date

    group by past.customer_id, past.snapshot_date, past.store_id, past.as_of_date

),

final as (

    select
        past.store_id,
        past.customer_id,
        past.snapshot_date,
        past.sample_bucket,
        past.is_sampled,
        cast(past.recency_days as integer) as recency_days,
        cast(past.tenure_days as integer) as tenure_days,
        past.purchase_number as purchase_count,
        past.running_order_count as order_count,
        cast({{ ratio('past.buying_days', 'past.gap_count') }} as numeric(18, 4)) as mean_gap_days,
        cast({{ ratio(
            'past.running_gap_square_sum * past.gap_count - past.buying_days * past.buying_days',
            'past.gap_count * past.gap_count'
        ) }} as numeric(18, 4)) as gap_variance,
        past.last_gap_days,
        cast({{ ratio('past.last_gap_days * past.gap_count', 'past.buying_days') }} as numeric(18, 6))
            as gap_trend_rate,
        past.recent_purchase_count,
        past.recent_net_revenue,
        cast(past.ordered_amount - past.running_return_amount as numeric(18, 4)) as net_revenue,
        cast({{ ratio('past.ordered_amount', 'past.purchase_number') }} as numeric(18, 4)) as mean_purchase_amount,
        cast({{ ratio('past.ordered_amount - past.first_purchase_amount', 'past.gap_count') }} as numeric(18, 4))
            as mean_repeat_amount,
        past.last_purchase_amount,
        cast({{ ratio('past.last_purchase_amount * past.purchase_number', 'past.ordered_amount') }} as numeric(18, 6))
            as amount_trend_rate,
        cast({{ ratio('past.running_units_sold', 'past.purchase_number') }} as numeric(18, 4)) as mean_units_sold,
        cast({{ ratio('past.running_return_amount', 'past.running_gross_amount') }} as numeric(18, 6)) as return_rate,
        cast({{ ratio('past.running_discount_amount', 'past.running_gross_amount') }} as numeric(18, 6))
            as discount_rate,
        categories.category_count,
        cast(extract(month from past.last_purchase_date) as integer) as last_purchase_month,
        cast(extract(month from past.snapshot_date) as integer) as snapshot_month,
        listed.country_code,
        cast({{ dbt.datediff('past.snapshot_date', 'future.next_purchase_date', 'day') }} as integer) -- noqa: LT05
            as label_next_purchase_days,
        cast(future.net_revenue_90 as numeric(18, 4)) as label_net_revenue_90_days,
        cast(future.purchase_count_90 as integer) as label_purchase_count_90_days,
        cast(future.net_revenue_180 as numeric(18, 4)) as label_net_revenue_180_days,
        cast(future.purchase_count_180 as integer) as label_purchase_count_180_days,
        cast(future.net_revenue_365 as numeric(18, 4)) as label_net_revenue_365_days,
        cast(future.purchase_count_365 as integer) as label_purchase_count_365_days

    from past

    left join future
        on
            past.store_id = future.store_id
            and past.customer_id = future.customer_id
            and past.snapshot_date = future.snapshot_date

    left join {{ ref('fct_customer_categories') }} as categories
        on
            past.store_id = categories.store_id
            and past.customer_id = categories.customer_id
            and past.snapshot_date >= categories.first_purchase_date
            and past.snapshot_date < coalesce(categories.next_first_purchase_date, cast('9999-12-31' as date))

    left join {{ ref('dim_customers') }} as listed
        on past.store_id = listed.store_id and past.customer_id = listed.customer_id

)

select * from final
