{{ config(post_hook="{{ analyze() }}") }}

with

products as (

    select * from {{ ref('dim_products') }}

    where is_goods

),

stores as (

    select
        store_id,
        as_of_date,
        {{ dbt.dateadd('day', -28, 'as_of_date') }} as day_before_28_days,
        {{ dbt.dateadd('day', -90, 'as_of_date') }} as day_before_90_days,
        {{ dbt.datediff('first_order_date', 'as_of_date', 'day') }} + 1 as day_count -- noqa: LT05

    from {{ ref('dim_stores') }}

),

sold as (

    select
        entries.store_id,
        entries.product_id,
        sum(case when entries.entry_date > stores.day_before_28_days then entries.units_sold else 0 end)
            as units_sold_28_days,
        sum(entries.units_sold) as units_sold_90_days

    from {{ ref('fct_revenue_entries') }} as entries

    inner join stores
        on
            entries.store_id = stores.store_id
            and entries.entry_date > stores.day_before_90_days
            and entries.entry_date <= stores.as_of_date

    where entries.units_sold <> 0

    group by entries.store_id, entries.product_id

),

rated as (

    select
        products.store_id,
        products.product_id,
        products.product_name,
        products.category,
        stores.as_of_date,
        products.stock_quantity,
        -- negative stock (sold before it was received) covers no day and has no value
        case when products.stock_quantity < 0 then 0 else products.stock_quantity end as sellable_quantity,
        products.no_stock_reason,
        products.cost,
        products.no_cost_reason,
        -- a store younger than the window has fewer days; without a complete day there is no rate of sale
        case when stores.day_count > 0 then coalesce(sold.units_sold_28_days, 0) end as units_sold_28_days,
        case when stores.day_count > 0 then coalesce(sold.units_sold_90_days, 0) end as units_sold_90_days,
        least(stores.day_count, 28) as day_count_28,
        least(stores.day_count, 90) as day_count_90

    from products

    inner join stores
        on products.store_id = stores.store_id

    left join sold
        on products.store_id = sold.store_id and products.product_id = sold.product_id

),

covered as (

    select
        *,
        {{ ratio('units_sold_28_days', 'day_count_28') }} as units_per_day_28_days,
        {{ ratio('units_sold_90_days', 'day_count_90') }} as units_per_day_90_days,
        {{ ratio('sellable_quantity * day_count_90', 'units_sold_90_days') }} as stock_cover_days,
        case
            when stock_quantity is null then no_stock_reason
            when units_sold_90_days is null then 'no_complete_day'
            when units_sold_90_days = 0 then 'nothing_sold'
        end as no_cover_reason

    from rated

),

classified as (

    select
        *,
        stock_quantity <= 0 as is_out_of_stock,
        -- without sales a product is slow moving only after a whole window
        case
            when stock_quantity <= 0 then false
            when no_cover_reason is null then stock_cover_days > 180
            when no_cover_reason = 'nothing_sold' then day_count_90 = 90
        end as is_slow_moving

    from covered

),

final as (

    select
        store_id,
        product_id,
        product_name,
        category,
        as_of_date,
        stock_quantity,
        no_stock_reason,
        cast(sellable_quantity * cost as numeric(18, 4)) as stock_value,
        case when stock_quantity is null then no_stock_reason else no_cost_reason end as no_value_reason,
        cast(units_sold_28_days as numeric(18, 4)) as units_sold_28_days,
        cast(units_sold_90_days as numeric(18, 4)) as units_sold_90_days,
        cast(units_per_day_28_days as numeric(18, 4)) as units_per_day_28_days,
        cast(units_per_day_90_days as numeric(18, 4)) as units_per_day_90_days,
        cast(stock_cover_days as numeric(18, 4)) as stock_cover_days,
        no_cover_reason,
        -- the calendar (dim_dates) ends
        case
            when stock_cover_days < 3650
                then cast({{ dbt.dateadd('day', 'cast(floor(stock_cover_days) as integer)', 'as_of_date') }} as date)
        end as stock_out_date,
        is_out_of_stock,
        is_slow_moving,
        case
            when stock_quantity is null then 'unknown'
            when is_out_of_stock then 'out of stock'
            when is_slow_moving and units_sold_90_days = 0 then 'not selling'
            when is_slow_moving then 'slow moving'
            when stock_cover_days < 14 then 'running low'
            else 'in stock'
        end as stock_status

    from classified

)

select * from final
