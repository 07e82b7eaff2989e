{{ config(materialized='view') }}

with

snapshot_days as (

    select * from {{ ref('int_snapshot_days_spined') }}

),

customer_days as (

    select * from {{ ref('fct_customer_days') }}

),

-- both once more: what two steps share is computed whole, and whoever asks for some customers would wait for all
later_days as (

    select * from {{ ref('fct_customer_days') }}

),

earlier_snapshot_days as (

    select * from {{ ref('int_snapshot_days_spined') }}

),

categories as (

    select * from {{ ref('int_customer_categories') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

-- the past: what the customer's last day up to the snapshot had left, and nothing after it
known as (

    select
        snapshot_days.snapshot_date,
        snapshot_days.as_of_date,
        customer_days.*,
        cast({{ dbt.datediff('customer_days.last_purchase_date', 'snapshot_days.snapshot_date', 'day') }} as integer) as recency_days, -- noqa: LT05
        cast({{ dbt.datediff('customer_days.first_purchase_date', 'snapshot_days.snapshot_date', 'day') }} as integer) as tenure_days, -- noqa: LT05
        {{ dbt.datediff('customer_days.first_purchase_date', 'customer_days.last_purchase_date', 'day') }} as buying_days, -- noqa: LT05
        customer_days.running_gross_amount - customer_days.running_discount_amount as ordered_amount

    from customer_days

    inner join snapshot_days
        on
            customer_days.store_id = snapshot_days.store_id
            -- days by difference, here and below: an index by date would be searched again for every snapshot day
            and {{ dbt.datediff('customer_days.revenue_date', 'snapshot_days.snapshot_date', 'day') }} >= 0 -- noqa: LT05
            and snapshot_days.snapshot_date < coalesce(customer_days.next_revenue_date, cast('9999-12-31' as date))

    where customer_days.purchase_number > 0

),

-- the future: days strictly after the snapshot, and complete
later as (

    select
        later_days.store_id,
        later_days.customer_id,
        later_days.sample_bucket,
        earlier_snapshot_days.snapshot_date
        {%- for days in [90, 180, 365] %},
        sum(
            case
                when {{ dbt.datediff('earlier_snapshot_days.snapshot_date', 'later_days.revenue_date', 'day') }} <= {{ days }} -- noqa: LT05
                    then later_days.net_revenue
                else 0
            end
        ) as net_revenue_{{ days }},
        sum(
            case
                when
                    later_days.is_purchase
                    and {{ dbt.datediff('earlier_snapshot_days.snapshot_date', 'later_days.revenue_date', 'day') }} <= {{ days }} -- noqa: LT05
                    then 1
                else 0
            end
        ) as purchases_{{ days }}
        {%- endfor %},
        min(case when later_days.is_purchase then later_days.revenue_date end) as next_purchase_date

    from later_days

    inner join earlier_snapshot_days
        on
            later_days.store_id = earlier_snapshot_days.store_id
            and {{ dbt.datediff('earlier_snapshot_days.snapshot_date', 'later_days.revenue_date', 'day') }} between 1 and 365 -- noqa: LT05
            and {{ dbt.datediff('later_days.revenue_date', 'earlier_snapshot_days.as_of_date', 'day') }} >= 0 -- noqa: LT05

    group by
        later_days.store_id, later_days.customer_id, later_days.sample_bucket, earlier_snapshot_days.snapshot_date

),

final as (

    select
        known.store_id,
        known.customer_id,
        known.snapshot_date,
        known.sample_bucket,

        -- features: the past
        known.recency_days,
        known.tenure_days,
        known.purchase_number as purchase_count,
        known.running_order_count as order_count,
        cast({{ ratio('known.buying_days', 'known.purchase_number - 1') }} as numeric(18, 4)) as mean_gap_days,
        cast(
            {{ ratio('known.running_gap_square_sum', 'known.purchase_number - 1') }}
            - {{ ratio('known.buying_days', 'known.purchase_number - 1') }}
            * {{ ratio('known.buying_days', 'known.purchase_number - 1') }}
            as numeric(18, 4)
        ) as gap_variance,
        known.last_gap_days,
        cast(
            {{ ratio('known.last_gap_days * (known.purchase_number - 1)', 'known.buying_days') }} as numeric(18, 6)
        ) as gap_trend_rate,
        known.recent_purchase_count,
        known.recent_net_revenue,
        cast(known.ordered_amount - known.running_return_amount as numeric(18, 4)) as net_revenue,
        cast({{ ratio('known.ordered_amount', 'known.purchase_number') }} as numeric(18, 4)) as mean_purchase_amount,
        cast(
            {{ ratio('known.ordered_amount - known.first_purchase_amount', 'known.purchase_number - 1') }}
            as numeric(18, 4)
        ) as mean_repeat_amount,
        known.last_purchase_amount,
        cast(
            {{ ratio('known.last_purchase_amount * known.purchase_number', 'known.ordered_amount') }} as numeric(18, 6)
        ) as amount_trend_rate,
        cast({{ ratio('known.running_units_sold', 'known.purchase_number') }} as numeric(18, 4)) as mean_units_sold,
        cast({{ ratio('known.running_return_amount', 'known.running_gross_amount') }} as numeric(18, 6)) as return_rate,
        cast({{ ratio('known.running_discount_amount', 'known.running_gross_amount') }} as numeric(18, 6))
            as discount_rate,
        categories.category_count,
        cast(extract(month from known.last_purchase_date) as integer) as last_purchase_month,
        cast(extract(month from known.snapshot_date) as integer) as snapshot_month,
        customers.country_code,

        -- labels: the future; null while it has not come
        cast(
            {{ dbt.datediff('known.snapshot_date', 'later.next_purchase_date', 'day') }} as integer -- noqa: LT05
        ) as label_next_purchase_days,
        cast(
            case
                when {{ dbt.dateadd('day', 90, 'known.snapshot_date') }} <= known.as_of_date
                    then coalesce(later.net_revenue_90, 0)
            end as numeric(18, 4)
        ) as label_net_revenue_90_days,
        cast(
            case
                when {{ dbt.dateadd('day', 90, 'known.snapshot_date') }} <= known.as_of_date
                    then coalesce(later.purchases_90, 0)
            end as integer
        ) as label_purchase_count_90_days,
        cast(
            case
                when {{ dbt.dateadd('day', 180, 'known.snapshot_date') }} <= known.as_of_date
                    then coalesce(later.net_revenue_180, 0)
            end as numeric(18, 4)
        ) as label_net_revenue_180_days,
        cast(
            case
                when {{ dbt.dateadd('day', 180, 'known.snapshot_date') }} <= known.as_of_date
                    then coalesce(later.purchases_180, 0)
            end as integer
        ) as label_purchase_count_180_days,
        cast(
            case
                when {{ dbt.dateadd('day', 365, 'known.snapshot_date') }} <= known.as_of_date
                    then coalesce(later.net_revenue_365, 0)
            end as numeric(18, 4)
        ) as label_net_revenue_365_days,
        cast(
            case
                when {{ dbt.dateadd('day', 365, 'known.snapshot_date') }} <= known.as_of_date
                    then coalesce(later.purchases_365, 0)
            end as integer
        ) as label_purchase_count_365_days

    from known

    left join later
        on
            known.store_id = later.store_id
            and known.customer_id = later.customer_id
            and known.snapshot_date = later.snapshot_date
            -- says nothing more, but whoever asks for one bucket gets both sides of it alone
            and known.sample_bucket = later.sample_bucket

    left join categories
        on
            known.store_id = categories.store_id
            and known.customer_id = categories.customer_id
            and known.snapshot_date >= categories.first_purchase_date
            and known.snapshot_date < coalesce(categories.next_first_purchase_date, cast('9999-12-31' as date))

    left join customers
        on
            known.store_id = customers.store_id
            and known.customer_id = customers.customer_id

)

select * from final
