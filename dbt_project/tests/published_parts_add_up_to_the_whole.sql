{{ config(meta={'dagster': {'ref': {'name': 'fct_forecasts'}}}) }}
-- What is published of categories and countries adds up to the total, of products to their category, live and for every
-- day and week: rows are sums that do not tie, and parts of a whole of which nothing is published.
with

published as (

    select * from {{ ref('fct_forecasts') }}

    where
        target = 'net_revenue'
        and kind = 'live'
        and is_champion

),

series as (

    select * from {{ ref('stg_ml__forecast_series') }}

),

-- a category that is not forecast by itself is part of the others
placed as (

    select
        products.store_id,
        products.cutoff_date,
        products.series_key,
        case
            when categories.status in ('regular', 'intermittent') then products.parent_key
            else '(other categories)'
        end as category

    from series as products

    left join series as categories
        on
            products.store_id = categories.store_id
            and products.cutoff_date = categories.cutoff_date
            and products.parent_key = categories.series_key
            and categories.series_level = 'category'

    where products.series_level = 'product'

),

parts as (

    select
        published.store_id,
        published.cutoff_date,
        published.forecast_date,
        published.period_days,
        published.series_level as part_level,
        case when published.series_level = 'product' then 'category' else 'total' end as series_level,
        case when published.series_level = 'product' then placed.category else 'total' end as series_key,
        sum(published.forecast) as forecast

    from published

    left join placed
        on
            published.store_id = placed.store_id
            and published.cutoff_date = placed.cutoff_date
            and published.series_key = placed.series_key
            and published.series_level = 'product'

    where published.series_level <> 'total'

    group by
        published.store_id,
        published.cutoff_date,
        published.forecast_date,
        published.period_days,
        published.series_level,
        case when published.series_level = 'product' then 'category' else 'total' end,
        case when published.series_level = 'product' then placed.category else 'total' end

)

select
    parts.part_level,
    parts.store_id,
    parts.cutoff_date,
    parts.forecast_date,
    parts.period_days,
    parts.series_key,
    published.forecast,
    parts.forecast as forecast_of_parts

from parts

left join published
    on
        parts.store_id = published.store_id
        and parts.cutoff_date = published.cutoff_date
        and parts.forecast_date = published.forecast_date
        and parts.period_days = published.period_days
        and parts.series_level = published.series_level
        and parts.series_key = published.series_key

where
    published.forecast is null
    or abs(published.forecast - parts.forecast) > 0.001
