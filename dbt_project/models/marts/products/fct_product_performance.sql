with

products as (

    select * from {{ ref('dim_products') }}

    where is_goods

),

months as (

    select * from {{ ref('int_product_months_costed') }}

),

inventory as (

    select * from {{ ref('fct_inventory') }}

),

totals as (

    select
        store_id,
        product_id,
        min(first_sold_date) as first_sold_date,
        max(last_sold_date) as last_sold_date,
        sum(order_count) as order_count,
        sum(units_sold) as total_sold,
        sum(units_returned) as units_returned,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(return_amount) as return_amount,
        sum(net_amount) as total_revenue,
        sum(revenue_with_known_cost) as revenue_with_known_cost,
        sum(cost_amount) as total_cost

    from months

    group by store_id, product_id

),

joined as (

    select
        products.store_id,
        products.product_id,
        products.product_name,
        products.category,
        products.no_category_reason,
        products.brand,
        totals.first_sold_date,
        totals.last_sold_date,
        coalesce(totals.order_count, 0) as order_count,
        coalesce(totals.total_sold, 0) as total_sold,
        coalesce(totals.units_returned, 0) as units_returned,
        coalesce(totals.gross_amount, 0) as gross_amount,
        coalesce(totals.discount_amount, 0) as discount_amount,
        coalesce(totals.return_amount, 0) as return_amount,
        coalesce(totals.total_revenue, 0) as total_revenue,
        -- what was never sold has cost nothing, if its cost is known
        case
            when totals.product_id is not null then totals.revenue_with_known_cost
            when products.cost is not null then 0
        end as revenue_with_known_cost,
        case
            when totals.product_id is not null then totals.total_cost
            when products.cost is not null then 0
        end as total_cost,
        -- sold only on days on which the store told no cost
        coalesce(products.no_cost_reason, 'not_delivered') as no_cost_reason,
        inventory.stock_quantity,
        inventory.units_sold_90_days,
        inventory.stock_cover_days,
        inventory.no_cover_reason

    from products

    inner join inventory
        on
            products.store_id = inventory.store_id
            and products.product_id = inventory.product_id

    left join totals
        on
            products.store_id = totals.store_id
            and products.product_id = totals.product_id

),

-- products that earned the same stand at the same place, so that no rank or class parts them
placed as (

    select
        *,
        case when total_revenue > 0 then total_revenue else 0 end as earned_amount,
        rank() over (partition by store_id order by total_revenue desc) as revenue_rank,
        sum(total_revenue) over (partition by store_id, category) as category_revenue

    from joined

),

cumulated as (

    select
        *,
        sum(earned_amount) over (partition by store_id order by earned_amount desc) as earned_so_far,
        sum(earned_amount) over (partition by store_id, earned_amount) as earned_at_place,
        sum(earned_amount) over (partition by store_id) as earned_by_all

    from placed

),

shared as (

    select
        *,
        100 * {{ ratio('earned_so_far', 'earned_by_all') }} as cumulative_share_pct,
        100 * {{ ratio('earned_so_far - earned_at_place', 'earned_by_all') }} as share_of_better_pct

    from cumulated

),

final as (

    select
        store_id,
        product_id,
        product_name,
        category,
        no_category_reason,
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
        cast(revenue_with_known_cost as numeric(18, 4)) as revenue_with_known_cost,
        cast(100 * {{ ratio('coalesce(revenue_with_known_cost, 0)', 'total_revenue') }} as numeric(18, 4))
            as revenue_with_known_cost_pct,
        cast(total_cost as numeric(18, 4)) as total_cost,
        cast(revenue_with_known_cost - total_cost as numeric(18, 4)) as total_profit,
        case when total_cost is null then no_cost_reason end as no_cost_reason,
        cast(100 * {{ ratio('revenue_with_known_cost - total_cost', 'revenue_with_known_cost') }} as numeric(18, 4))
            as margin_pct,
        cast(revenue_rank as integer) as revenue_rank,
        cast(
            case
                when category is not null and category_revenue > 0
                    then 100 * {{ ratio('total_revenue', 'category_revenue') }}
            end as numeric(18, 4)
        ) as category_share_pct,
        cast(cumulative_share_pct as numeric(18, 4)) as cumulative_share_pct,
        -- the product that crosses a line still belongs to the better class
        case
            when earned_amount = 0 then 'C'
            when share_of_better_pct < 80 then 'A'
            when share_of_better_pct < 95 then 'B'
            else 'C'
        end as abc_class,
        stock_quantity,
        units_sold_90_days,
        stock_cover_days,
        no_cover_reason

    from shared

)

select * from final
