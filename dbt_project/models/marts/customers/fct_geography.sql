with

countries as (

    select * from {{ ref('dim_countries') }}

),

customer_totals as (

    select * from {{ ref('int_customer_places') }}

),

place_totals as (

    select
        store_id,
        country_key,
        region_key,
        max(country_unknown_reason) as country_unknown_reason,
        max(region_unknown_reason) as region_unknown_reason,
        sum(case when customer_id is not null and order_count > 0 then 1 else 0 end) as customer_count,
        sum(order_count) as order_count,
        sum(case when customer_id is null then order_count else 0 end) as guest_order_count,
        sum(units_sold) as units_sold,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(return_amount) as return_amount,
        sum(net_amount) as net_amount,
        sum(ordered_amount) as ordered_amount

    from customer_totals

    group by store_id, country_key, region_key

),

shared as (

    select
        *,
        {{ ratio('net_amount', 'sum(net_amount) over (partition by store_id)') }} as net_share

    from place_totals

),

final as (

    select
        shared.store_id,
        shared.country_key,
        shared.region_key,
        countries.country_code,
        shared.country_unknown_reason,
        countries.country_name,
        case when shared.region_unknown_reason is null then shared.region_key end as region,
        shared.region_unknown_reason,
        cast(shared.customer_count as integer) as customer_count,
        cast(shared.order_count as integer) as order_count,
        cast(shared.guest_order_count as integer) as guest_order_count,
        cast(shared.units_sold as bigint) as units_sold,
        cast(shared.gross_amount as numeric(18, 4)) as gross_revenue,
        cast(shared.discount_amount as numeric(18, 4)) as discount_amount,
        cast(shared.return_amount as numeric(18, 4)) as return_amount,
        cast(shared.net_amount as numeric(18, 4)) as net_revenue,
        cast(100 * shared.net_share as numeric(18, 4)) as net_revenue_share_pct,
        cast({{ ratio('shared.ordered_amount', 'shared.order_count') }} as numeric(18, 4)) as average_order_value

    from shared

    left join countries
        on shared.country_key = countries.country_code

)

select * from final
