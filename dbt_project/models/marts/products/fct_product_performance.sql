{% set sums = ['units_sold', 'units_returned', 'gross_revenue', 'discount_amount', 'return_amount', 'net_revenue'] %}
{% set is_unsold = 'totals.product_id is null and products.cost is not null' %}

with

product_days as (

    select {{ (['store_id', 'product_id', 'revenue_date'] + sums) | join(', ') }}, order_count

    from {{ ref('fct_daily_revenue_by_product') }}

    union all

    -- the unfinished day
    select
        entries.store_id,
        entries.product_id,
        entries.entry_date as revenue_date,
        {% for measure in sums -%}
        sum(entries.{{ measure | replace('revenue', 'amount') }}) as {{ measure }},
        {% endfor -%}
        count(distinct case when entries.entry_kind = 'goods' then entries.order_id end) as order_count

    from {{ ref('fct_revenue_entries') }} as entries

    inner join {{ ref('int_stores') }} as stores
        on entries.store_id = stores.store_id and entries.entry_date > stores.as_of_date

    where entries.entry_type = 'adjustment' or entries.entry_kind in ('goods', 'return', 'discount')

    group by entries.store_id, entries.product_id, entries.entry_date

),

-- returned goods take back the cost of their own day, as the day of their sale is unknown
totals as (

    select
        days.store_id,
        days.product_id,
        min(case when days.units_sold > 0 then days.revenue_date end) as first_sold_date,
        max(case when days.units_sold > 0 then days.revenue_date end) as last_sold_date,
        {% for measure in sums + ['order_count'] -%}
        sum(days.{{ measure }}) as {{ measure }},
        {% endfor -%}
        sum(case when costs.cost is not null then days.net_revenue end) as revenue_with_known_cost,
        sum((days.units_sold - days.units_returned) * costs.cost) as total_cost

    from product_days as days

    left join {{ ref('int_product_costs') }} as costs
        on
            days.store_id = costs.store_id
            and days.product_id = costs.product_id
            and days.revenue_date between costs.valid_from_date and costs.valid_to_date

    group by days.store_id, days.product_id

),

joined as (

    select
        products.*,
        totals.first_sold_date,
        totals.last_sold_date,
        {% for measure in sums + ['order_count'] -%}
        coalesce(totals.{{ measure }}, 0) as {{ measure }},
        {% endfor -%}
        -- a product never sold has a total cost of 0 if its cost is known
        case when {{ is_unsold }} then 0 else totals.revenue_with_known_cost end as revenue_with_known_cost,
        case when {{ is_unsold }} then 0 else totals.total_cost end as total_cost,
        case when totals.net_revenue > 0 then totals.net_revenue else 0 end as earned_amount,
        inventory.units_sold_90_days,
        inventory.stock_cover_days,
        inventory.no_cover_reason

    from {{ ref('dim_products') }} as products

    inner join {{ ref('fct_inventory') }} as inventory
        on products.store_id = inventory.store_id and products.product_id = inventory.product_id and products.is_goods

    left join totals
        on products.store_id = totals.store_id and products.product_id = totals.product_id

),

ranked as (

    select
        *,
        rank() over (partition by store_id order by net_revenue desc) as revenue_rank,
        case when category is not null then sum(net_revenue) over (partition by store_id, category) end
            as category_total,
        sum(earned_amount) over (partition by store_id order by earned_amount desc) as earned_so_far,
        sum(earned_amount) over (partition by store_id, earned_amount) as earned_at_rank,
        sum(earned_amount) over (partition by store_id) as earned_by_all

    from joined

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
        cast(units_sold as numeric(18, 4)) as total_sold,
        cast(units_returned as numeric(18, 4)) as units_returned,
        cast(gross_revenue as numeric(18, 4)) as gross_amount,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(net_revenue as numeric(18, 4)) as total_revenue,
        cast(revenue_with_known_cost as numeric(18, 4)) as revenue_with_known_cost,
        cast(100 * {{ ratio('coalesce(revenue_with_known_cost, 0)', 'net_revenue') }} as numeric(18, 4))
            as revenue_with_known_cost_pct,
        cast(total_cost as numeric(18, 4)) as total_cost,
        cast(revenue_with_known_cost - total_cost as numeric(18, 4)) as total_profit,
        -- a product with a current cost may have had none on the days of its sales
        case when total_cost is null then coalesce(no_cost_reason, 'not_delivered') end as no_cost_reason,
        cast(100 * {{ ratio('revenue_with_known_cost - total_cost', 'revenue_with_known_cost') }} as numeric(18, 4))
            as margin_pct,
        cast(revenue_rank as integer) as revenue_rank,
        cast(case when category_total > 0 then 100 * {{ ratio('net_revenue', 'category_total') }} end as numeric(18, 4))
            as category_share_pct,
        cast(100 * {{ ratio('earned_so_far', 'earned_by_all') }} as numeric(18, 4)) as cumulative_share_pct,
        -- the product that crosses a threshold belongs to the better class
        case
            when earned_amount = 0 then 'C'
            when 100 * (earned_so_far - earned_at_rank) < 80 * earned_by_all then 'A'
            when 100 * (earned_so_far - earned_at_rank) < 95 * earned_by_all then 'B'
            else 'C'
        end as abc_class,
        stock_quantity,
        units_sold_90_days,
        stock_cover_days,
        no_cover_reason

    from ranked

)

select * from final
