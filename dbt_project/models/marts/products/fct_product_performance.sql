with

products as (

    select * from {{ ref('dim_products') }}

    where is_goods

),

stores as (

    select * from {{ ref('dim_stores') }}

),

lines as (

    select * from {{ ref('fct_order_lines') }}

    where line_type in ('goods', 'return')

),

adjustments as (

    select * from {{ ref('fct_order_line_adjustments') }}

),

line_totals as (

    select
        lines.store_id,
        lines.product_id,
        sum(case when lines.line_type = 'goods' then lines.quantity else 0 end) as total_sold,
        -- units that came back on lines of their own; a refund of money says nothing about units
        sum(case when lines.line_type = 'return' then -lines.quantity else 0 end) as units_returned,
        count(distinct case when lines.line_type = 'goods' then lines.order_id end) as order_count,
        sum(lines.gross_amount) as gross_amount,
        sum(lines.return_amount) as return_amount,
        min(lines.order_date) as first_sold_date,
        max(lines.order_date) as last_sold_date,
        sum(
            case
                when
                    lines.line_type = 'goods'
                    and lines.order_date > {{ dbt.dateadd('day', -90, 'stores.as_of_date') }}
                    and lines.order_date <= stores.as_of_date
                    then lines.quantity
                else 0
            end
        ) as units_sold_90_days

    from lines

    inner join stores
        on lines.store_id = stores.store_id

    group by lines.store_id, lines.product_id

),

adjustment_totals as (

    select
        store_id,
        product_id,
        sum(discount_amount) as discount_amount,
        sum(return_amount) as return_amount

    from adjustments

    group by store_id, product_id

),

joined as (

    select
        products.store_id,
        products.product_id,
        products.product_name,
        products.category,
        products.brand,
        products.cost,
        products.stock_quantity,
        line_totals.first_sold_date,
        line_totals.last_sold_date,
        coalesce(line_totals.order_count, 0) as order_count,
        coalesce(line_totals.total_sold, 0) as total_sold,
        coalesce(line_totals.units_returned, 0) as units_returned,
        coalesce(line_totals.units_sold_90_days, 0) as units_sold_90_days,
        coalesce(line_totals.gross_amount, 0) as gross_amount,
        coalesce(adjustment_totals.discount_amount, 0) as discount_amount,
        coalesce(line_totals.return_amount, 0) + coalesce(adjustment_totals.return_amount, 0) as return_amount

    from products

    left join line_totals
        on
            products.store_id = line_totals.store_id
            and products.product_id = line_totals.product_id

    left join adjustment_totals
        on
            products.store_id = adjustment_totals.store_id
            and products.product_id = adjustment_totals.product_id

),

netted as (

    select
        *,
        gross_amount - discount_amount - return_amount as total_revenue,
        (total_sold - units_returned) * cost as total_cost

    from joined

),

final as (

    select
        store_id,
        product_id,
        product_name,
        category,
        brand,
        first_sold_date,
        last_sold_date,
        cast(order_count as integer) as order_count,
        cast(total_sold as bigint) as total_sold,
        cast(units_returned as bigint) as units_returned,
        cast(gross_amount as numeric(18, 4)) as gross_amount,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(total_revenue as numeric(18, 4)) as total_revenue,
        cost is not null as is_cost_known,
        cast(total_revenue - total_cost as numeric(18, 4)) as total_profit,
        cast(100 * {{ ratio('total_revenue - total_cost', 'total_revenue') }} as numeric(18, 4)) as margin_pct,
        cast(rank() over (partition by store_id order by total_revenue desc) as integer) as revenue_rank,
        cast(
            100 * {{ ratio('total_revenue', 'sum(total_revenue) over (partition by store_id, category)') }}
            as numeric(18, 4)
        ) as category_share_pct,
        stock_quantity,
        cast({{ ratio('stock_quantity * 90', 'units_sold_90_days') }} as numeric(18, 4)) as stock_cover_days

    from netted

)

select * from final
