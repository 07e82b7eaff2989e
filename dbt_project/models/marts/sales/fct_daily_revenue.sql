with

lines as (

    select * from {{ ref('fct_order_lines') }}

),

adjustments as (

    select * from {{ ref('fct_order_adjustments') }}

),

days as (

    select * from {{ ref('int_store_days_spined') }}

),

-- everything that moves money is on the day on which it happened
entries as (

    select
        store_id,
        order_date as revenue_date,
        case when line_type = 'goods' then order_id end as sold_order_id,
        case when line_type = 'goods' then quantity else 0 end as units_sold,
        gross_amount,
        discount_amount,
        return_amount,
        fee_amount,
        excluded_amount

    from lines

    union all

    select
        store_id,
        adjustment_date as revenue_date,
        null as sold_order_id,
        0 as units_sold,
        0 as gross_amount,
        discount_amount,
        return_amount,
        fee_amount,
        excluded_amount

    from adjustments

),

totals as (

    select
        store_id,
        revenue_date,
        count(distinct sold_order_id) as order_count,
        sum(units_sold) as units_sold,
        sum(gross_amount) as gross_revenue,
        sum(discount_amount) as discount_amount,
        sum(return_amount) as return_amount,
        sum(fee_amount) as fee_amount,
        sum(excluded_amount) as excluded_amount

    from entries

    group by store_id, revenue_date

),

-- a day without sales is a zero, not a gap
filled as (

    select
        days.store_id,
        days.revenue_date,
        coalesce(totals.order_count, 0) as order_count,
        coalesce(totals.units_sold, 0) as units_sold,
        coalesce(totals.gross_revenue, 0) as gross_revenue,
        coalesce(totals.discount_amount, 0) as discount_amount,
        coalesce(totals.return_amount, 0) as return_amount,
        coalesce(totals.fee_amount, 0) as fee_amount,
        coalesce(totals.excluded_amount, 0) as excluded_amount

    from days

    left join totals
        on
            days.store_id = totals.store_id
            and days.revenue_date = totals.revenue_date

),

final as (

    select
        store_id,
        revenue_date,
        cast(order_count as integer) as order_count,
        cast(units_sold as bigint) as units_sold,
        cast(gross_revenue as numeric(18, 4)) as gross_revenue,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(gross_revenue - discount_amount - return_amount as numeric(18, 4)) as net_revenue,
        cast({{ ratio('gross_revenue - discount_amount', 'order_count') }} as numeric(18, 4)) as average_order_value,
        cast(fee_amount as numeric(18, 4)) as fee_amount,
        cast(excluded_amount as numeric(18, 4)) as excluded_amount

    from filled

)

select * from final
