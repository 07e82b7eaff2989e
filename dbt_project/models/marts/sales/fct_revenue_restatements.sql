with

days as (

    select * from {{ ref('fct_daily_revenue') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by store_id, revenue_date
            order by dbt_valid_from asc
        ) as version_number,
        count(*) over (partition by store_id, revenue_date) as version_count

    from {{ ref('snap_daily_revenue') }}

),

first_versions as (

    select * from versions

    where version_number = 1

),

last_versions as (

    select * from versions

    where version_number = version_count

),

final as (

    select
        days.store_id,
        days.revenue_date,
        first_versions.published_as_of_date as first_published_as_of_date,
        first_versions.order_count as first_order_count,
        days.order_count,
        first_versions.gross_revenue as first_gross_revenue,
        days.gross_revenue,
        first_versions.return_amount as first_return_amount,
        days.return_amount,
        first_versions.net_revenue as first_net_revenue,
        days.net_revenue,
        cast(days.net_revenue - first_versions.net_revenue as numeric(18, 4)) as restated_amount,
        cast(
            100 * {{ ratio('days.net_revenue - first_versions.net_revenue', 'first_versions.net_revenue') }}
            as numeric(18, 4)
        ) as restated_pct,
        cast(coalesce(first_versions.version_count - 1, 0) as integer) as restatement_count,
        case when first_versions.version_count > 1 then last_versions.published_as_of_date end
            as last_restated_as_of_date

    from days

    left join first_versions
        on
            days.store_id = first_versions.store_id
            and days.revenue_date = first_versions.revenue_date

    left join last_versions
        on
            days.store_id = last_versions.store_id
            and days.revenue_date = last_versions.revenue_date

)

select * from final
