{{ config(post_hook="{{ analyze() }}") }}
{% set measures = [
    'units_sold', 'units_returned', 'gross_revenue', 'discount_amount', 'return_amount', 'net_revenue',
    'revenue_with_known_cost', 'cost_amount'
] %}
with

-- goods that came back take off the cost of their own day: the sale that they belong to is not known
daily as (

    select
        daily.*,
        case when costs.cost is not null then daily.net_revenue end as revenue_with_known_cost,
        (daily.units_sold - daily.units_returned) * costs.cost as cost_amount

    from {{ ref('fct_daily_revenue_by_product') }} as daily

    left join {{ ref('int_product_costs') }} as costs
        on
            daily.store_id = costs.store_id
            and daily.product_id = costs.product_id
            and daily.revenue_date between costs.valid_from_date and costs.valid_to_date

),

{{ revenue_by_period('daily', ['store_id', 'product_id'], 'month', measures) }},

final as (

    select
        store_id,
        product_id,
        month_start_date,
        calendar_year,
        calendar_month,
        is_complete,
        cast(units_sold as numeric(18, 4)) as units_sold,
        cast(units_returned as numeric(18, 4)) as units_returned,
        cast(gross_revenue as numeric(18, 4)) as gross_revenue,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(net_revenue as numeric(18, 4)) as net_revenue,
        cast(revenue_with_known_cost as numeric(18, 4)) as revenue_with_known_cost,
        cast(cost_amount as numeric(18, 4)) as cost_amount,
        cast(revenue_with_known_cost - cost_amount as numeric(18, 4)) as profit_amount,
        cast(net_revenue_previous_month as numeric(18, 4)) as net_revenue_previous_month,
        {{ growth_pct('net_revenue', 'net_revenue_previous_month', given='is_complete') }} as growth_pct,
        cast(net_revenue_year_before as numeric(18, 4)) as net_revenue_year_before,
        {{ growth_pct('net_revenue', 'net_revenue_year_before', given='is_complete') }} as growth_year_over_year_pct

    from compared

)

select * from final
