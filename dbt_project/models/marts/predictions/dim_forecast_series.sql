with

series as (

    select results.*

    from {{ ref('stg_ml__forecast_series') }} as results

    inner join {{ ref('dim_stores') }} as stores
        on results.store_id = stores.store_id

),

latest as (

    select
        store_id,
        max(cutoff_date) as cutoff_date

    from series

    group by store_id

),

placed as (

    select
        series.*,
        series.status in ('regular', 'intermittent', 'rest') as is_forecast,
        case series.series_level
            when 'category' then '(other categories)'
            when 'country' then '(other countries)'
            else '(other products of ' || series.parent_key || ')'
        end as rest_key

    from series

    inner join latest
        on
            series.store_id = latest.store_id
            and series.cutoff_date = latest.cutoff_date

),

final as (

    select
        store_id,
        series_level,
        series_key,
        cutoff_date,
        parent_key,
        status,
        is_forecast,
        case when is_forecast then series_key else rest_key end as forecast_key,
        case
            when series_level = 'total' then 'Forecast by ' || method || '.'
            when is_forecast then 'Forecast as ' || method || '.'
            else 'Not forecast by itself, part of ' || rest_key || ': ' || method || '.'
        end as explanation,
        run_id

    from placed

)

select * from final
