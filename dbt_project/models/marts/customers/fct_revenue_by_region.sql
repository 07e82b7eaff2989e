with

countries as (

    select * from {{ ref('dim_countries') }}

),

places as (

    select
        *,
        coalesce(country_code, country_unknown_reason) as country_key,
        coalesce(region, region_unknown_reason) as region_key

    from {{ ref('fct_orders') }}

),

-- a customer counts in each region that one of their orders went to
totals as (

    select
        store_id,
        country_key,
        region_key,
        country_code,
        country_unknown_reason,
        region,
        region_unknown_reason,
        count(distinct case when is_sale then customer_id end) as customer_count,
        sum(case when is_sale then 1 else 0 end) as order_count,
        sum(case when is_sale and is_guest then 1 else 0 end) as guest_order_count,
        sum(units_sold) as units_sold,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(return_amount) as return_amount,
        sum(net_amount) as net_amount,
        sum(case when is_sale then gross_amount - discount_amount else 0 end) as ordered_amount

    from places

    group by
        store_id, country_key, region_key, country_code, country_unknown_reason, region, region_unknown_reason

),

shared as (

    select
        *,
        {{ ratio('net_amount', 'sum(net_amount) over (partition by store_id)') }} as net_share

    from totals

),

final as (

    select
        shared.store_id,
        shared.country_key,
        shared.region_key,
        shared.country_code,
        shared.country_unknown_reason,
        countries.country_name,
        shared.region,
        shared.region_unknown_reason,
        cast(shared.customer_count as integer) as customer_count,
        cast(shared.order_count as integer) as order_count,
        cast(shared.guest_order_count as integer) as guest_order_count,
        cast(shared.units_sold as numeric(18, 4)) as units_sold,
        cast(shared.gross_amount as numeric(18, 4)) as gross_revenue,
        cast(shared.discount_amount as numeric(18, 4)) as discount_amount,
        cast(shared.return_amount as numeric(18, 4)) as return_amount,
        cast(shared.net_amount as numeric(18, 4)) as net_revenue,
        cast(100 * shared.net_share as numeric(18, 4)) as net_revenue_share_pct,
        cast({{ ratio('shared.ordered_amount', 'shared.order_count') }} as numeric(18, 4)) as average_order_value

    from shared

    left join countries
        on shared.country_code = countries.country_code

)

select * from final
