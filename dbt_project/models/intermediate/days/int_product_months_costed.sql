{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'month_start_date', 'row_key': 'product_id'}
) }}

with

store_days as (

    select
        store_id,
        revenue_date,
        cast({{ dbt.date_trunc('month', 'revenue_date') }} as date) as month_start_date,
        day_version

    from {{ ref('int_revenue_days_versioned') }}

),

costs as (

    select * from {{ ref('int_product_costs_dated') }}

),

cost_months as (

    select
        store_id,
        cast({{ dbt.date_trunc('month', 'valid_from_date') }} as date) as month_start_date,
        count(*) as cost_count,
        sum(load_id) as load_id_sum

    from costs

    group by store_id, cast({{ dbt.date_trunc('month', 'valid_from_date') }} as date)

),

months as (

    select
        store_id,
        month_start_date,
        max({{ whole_quotient('day_version', 1000000000) }}) as last_load_id,
        sum(mod(day_version, 1000000000)) as entry_count

    from store_days

    group by store_id, month_start_date

),

-- whether a month is stale: the newest delivery and the count of its entries, and of the costs known up to its end
versions as (

    select
        months.store_id,
        months.month_start_date,
        {%- for part in ['months.last_load_id', 'months.entry_count', 'sum(cost_months.load_id_sum)'] %}
        cast(cast(coalesce({{ part }}, 0) as bigint) as {{ dbt.type_string() }}) || '-' ||
        {%- endfor %}
        cast(cast(coalesce(sum(cost_months.cost_count), 0) as bigint) as {{ dbt.type_string() }}) as day_version

    from months

    left join cost_months
        on
            months.store_id = cost_months.store_id
            and months.month_start_date >= cost_months.month_start_date

    group by months.store_id, months.month_start_date, months.last_load_id, months.entry_count

),

stale_months as (

    {{ days_to_build('versions', 'month_start_date') }}

),

stale_days as (

    select
        store_days.store_id,
        store_days.revenue_date,
        stale_months.month_start_date,
        stale_months.day_version

    from stale_months

    inner join store_days
        on
            stale_months.store_id = store_days.store_id
            and stale_months.month_start_date = store_days.month_start_date

),

-- goods that came back take the cost of their day back, as nobody tells from which sale they come
costed as (

    select
        days.store_id,
        days.product_id,
        stale_days.month_start_date,
        stale_days.day_version,
        days.revenue_date,
        days.order_count,
        days.units_sold,
        days.units_returned,
        days.gross_amount,
        days.discount_amount,
        days.return_amount,
        days.net_amount,
        case when costs.cost is not null then days.net_amount end as revenue_with_known_cost,
        (days.units_sold - days.units_returned) * costs.cost as cost_amount

    from {{ ref('int_product_days') }} as days

    inner join stale_days
        on
            days.store_id = stale_days.store_id
            and days.revenue_date = stale_days.revenue_date

    left join costs
        on
            days.store_id = costs.store_id
            and days.product_id = costs.product_id
            and days.revenue_date between costs.valid_from_date and costs.valid_to_date

),

totals as (

    select
        store_id,
        product_id,
        month_start_date,
        min(case when units_sold > 0 then revenue_date end) as first_sold_date,
        max(case when units_sold > 0 then revenue_date end) as last_sold_date,
        cast(sum(order_count) as bigint) as order_count,
        cast(sum(units_sold) as bigint) as units_sold,
        cast(sum(units_returned) as bigint) as units_returned,
        cast(sum(gross_amount) as numeric(18, 4)) as gross_amount,
        cast(sum(discount_amount) as numeric(18, 4)) as discount_amount,
        cast(sum(return_amount) as numeric(18, 4)) as return_amount,
        cast(sum(net_amount) as numeric(18, 4)) as net_amount,
        cast(sum(revenue_with_known_cost) as numeric(18, 4)) as revenue_with_known_cost,
        cast(sum(cost_amount) as numeric(18, 4)) as cost_amount,
        day_version

    from costed

    group by store_id, product_id, month_start_date, day_version

)

select * from totals
{{- and_replaced('stale_months', 'month_start_date') }}
