{{ config(post_hook="{{ analyze() }}") }}
{% set keys = ['store_id', 'series_level', 'series_key', 'forecast_date', 'period_days'] %}

with

-- customers are in fct_customer_predictions
predictions as (

    select results.*

    from {{ ref('stg_ml__forecast_results') }} as results

    inner join {{ ref('dim_stores') }} as stores
        on results.store_id = stores.store_id

    where results.series_level <> 'customer'

),

revenue as (

    {% for level, key in [
        ('total', "'total'"), ('category', 'category'), ('country', 'country_code'), ('product', 'product_id')
    ] -%}
    select
        store_id,
        '{{ level }}' as series_level,
        {{ key }} as series_key,
        revenue_date,
        net_revenue

    from {{ ref('fct_daily_revenue' ~ ('' if level == 'total' else '_by_' ~ level)) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- each period once: many series and models share it
periods as (

    select distinct
        store_id,
        forecast_date,
        period_days

    from predictions

),

-- a period that is not over has fewer days than period_days, and no outcome
days_of_periods as (

    select
        periods.store_id,
        periods.forecast_date,
        periods.period_days,
        store_days.revenue_date,
        count(*) over (partition by periods.store_id, periods.forecast_date, periods.period_days) as day_count

    from periods

    inner join {{ ref('int_store_days_spined') }} as store_days
        on
            periods.store_id = store_days.store_id
            and periods.forecast_date >= store_days.revenue_date
            and {{ dbt.dateadd('day', '-periods.period_days', 'periods.forecast_date') }} < store_days.revenue_date

),

-- rest series, such as (other categories), have no sales of their own
scored as (

    select distinct {{ keys | join(', ') }}

    from predictions

    where
        target = 'net_revenue'
        and series_key not like '(other %'

),

outcomes as (

    select
        {% for key in keys -%}
        scored.{{ key }},
        {% endfor -%}
        coalesce(sum(revenue.net_revenue), 0) as net_revenue

    from scored

    inner join days_of_periods
        on
            scored.store_id = days_of_periods.store_id
            and scored.forecast_date = days_of_periods.forecast_date
            and scored.period_days = days_of_periods.period_days
            and days_of_periods.day_count = days_of_periods.period_days

    left join revenue
        on
            scored.store_id = revenue.store_id
            and scored.series_level = revenue.series_level
            and scored.series_key = revenue.series_key
            and days_of_periods.revenue_date = revenue.revenue_date

    group by scored.{{ keys | join(', scored.') }}

    -- only products have no row on days without a sale; a renamed category has no rows at all
    having
        scored.series_level = 'product'
        or count(revenue.net_revenue) = scored.period_days

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
            predictions.target = 'net_revenue'
            {% for key in keys -%}
            and predictions.{{ key }} = outcomes.{{ key }}
            {% endfor %}
)

select * from final
