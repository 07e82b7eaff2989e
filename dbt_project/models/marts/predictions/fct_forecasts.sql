{{ config(post_hook="{{ refresh_statistics() }}") }}

with

predictions as (

    -- customers stand in fct_customer_predictions
    select * from {{ ref('stg_ml__forecast_results') }}

    where series_level <> 'customer'

),

store_days as (

    select * from {{ ref('int_store_days_spined') }}

),

revenue as (

    select
        store_id,
        'total' as series_level,
        'total' as series_key,
        revenue_date,
        net_revenue

    from {{ ref('fct_daily_revenue') }}

    {%- for level, key in [('category', 'category'), ('country', 'country_code'), ('product', 'product_id')] %}

    union all

    select
        store_id,
        '{{ level }}' as series_level,
        {{ key }} as series_key,
        revenue_date,
        net_revenue

    from {{ ref('fct_daily_revenue_by_' ~ level) }}
    {%- endfor %}

),

-- few, however many series and models spoke of them
periods as (

    select distinct
        store_id,
        forecast_date,
        period_days

    from predictions

),

-- a period that is not yet over has fewer days than it should, and no outcome
days_of_periods as (

    select
        periods.store_id,
        periods.forecast_date,
        periods.period_days,
        store_days.revenue_date,
        count(*) over (partition by periods.store_id, periods.forecast_date, periods.period_days) as day_count

    from periods

    inner join store_days
        on
            periods.store_id = store_days.store_id
            and periods.forecast_date >= store_days.revenue_date
            and {{ dbt.dateadd('day', '-periods.period_days', 'periods.forecast_date') }} < store_days.revenue_date

),

-- what is left of the whole beside the series of a level has no sales of its own to be held against
asked as (

    select distinct
        store_id,
        series_level,
        series_key,
        forecast_date,
        period_days

    from predictions

    where
        target = 'net_revenue'
        and series_key not like '(other %'

),

outcomes as (

    select
        asked.store_id,
        asked.series_level,
        asked.series_key,
        asked.forecast_date,
        asked.period_days,
        coalesce(sum(revenue.net_revenue), 0) as net_revenue

    from asked

    inner join days_of_periods
        on
            asked.store_id = days_of_periods.store_id
            and asked.forecast_date = days_of_periods.forecast_date
            and asked.period_days = days_of_periods.period_days
            and days_of_periods.day_count = days_of_periods.period_days

    left join revenue
        on
            asked.store_id = revenue.store_id
            and asked.series_level = revenue.series_level
            and asked.series_key = revenue.series_key
            and days_of_periods.revenue_date = revenue.revenue_date

    group by asked.store_id, asked.series_level, asked.series_key, asked.forecast_date, asked.period_days

    -- only products have no row on days without a sale; a category that was renamed is not known any more
    having
        asked.series_level = 'product'
        or count(revenue.net_revenue) = asked.period_days

),

final as (

    select
        predictions.store_id,
        predictions.target,
        predictions.series_level,
        predictions.series_key,
        predictions.model_name,
        predictions.kind,
        predictions.cutoff_date,
        predictions.forecast_date,
        predictions.period_days,
        predictions.horizon_days,
        predictions.forecast,
        predictions.lower_80,
        predictions.upper_80,
        predictions.lower_95,
        predictions.upper_95,
        predictions.is_champion,
        predictions.run_id,
        predictions.data_fingerprint,
        predictions.created_at,
        cast(outcomes.net_revenue as numeric(18, 4)) as actual_amount,
        outcomes.net_revenue is not null as is_scored

    from predictions

    left join outcomes
        on
            predictions.store_id = outcomes.store_id
            and predictions.series_level = outcomes.series_level
            and predictions.series_key = outcomes.series_key
            and predictions.forecast_date = outcomes.forecast_date
            and predictions.period_days = outcomes.period_days
            and predictions.target = 'net_revenue'

)

select * from final
