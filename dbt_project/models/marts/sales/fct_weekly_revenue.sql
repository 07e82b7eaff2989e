{% set measures = [
    'order_count', 'guest_order_count', 'units_sold', 'gross_revenue', 'discount_amount', 'return_amount',
    'net_revenue', 'fee_amount', 'excluded_amount'
] %}
with

daily as (

    select * from {{ ref('fct_daily_revenue') }}

),

{{ revenue_by_period('daily', ['store_id'], 'week', measures) }},

final as (

    select
        store_id,
        week_start_date,
        iso_year,
        iso_week,
        is_complete,
        cast(order_count as integer) as order_count,
        cast(guest_order_count as integer) as guest_order_count,
        cast(units_sold as numeric(18, 4)) as units_sold,
        cast(gross_revenue as numeric(18, 4)) as gross_revenue,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(net_revenue as numeric(18, 4)) as net_revenue,
        cast({{ ratio('gross_revenue - discount_amount', 'order_count') }} as numeric(18, 4)) as average_order_value,
        cast(fee_amount as numeric(18, 4)) as fee_amount,
        cast(excluded_amount as numeric(18, 4)) as excluded_amount,
        cast(net_revenue_previous_week as numeric(18, 4)) as net_revenue_previous_week,
        {{ growth_pct('net_revenue', 'net_revenue_previous_week', given='is_complete') }} as growth_pct,
        cast(net_revenue_year_before as numeric(18, 4)) as net_revenue_year_before,
        {{ growth_pct('net_revenue', 'net_revenue_year_before', given='is_complete') }} as growth_year_over_year_pct

    from compared

)

select * from final
