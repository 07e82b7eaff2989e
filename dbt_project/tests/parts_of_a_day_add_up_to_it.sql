{{ config(meta={'dagster': {'ref': {'name': 'fct_daily_revenue'}}}) }}
-- Categories, countries and products of a day are its revenue, to the last digit: rows are days that do not tie.
with

parts as (

    {% for part in ['category', 'country', 'product'] -%}
    select
        '{{ part }}' as part,
        store_id,
        revenue_date,
        sum(gross_revenue) as gross_revenue,
        sum(net_revenue) as net_revenue

    from {{ ref('fct_daily_revenue_by_' ~ part) }}

    group by store_id, revenue_date
    {%- if not loop.last %}

    union all

    {% endif -%}
    {%- endfor %}

)

select
    parts.part,
    days.store_id,
    days.revenue_date,
    days.net_revenue,
    parts.net_revenue as net_revenue_of_parts

from parts

inner join {{ ref('fct_daily_revenue') }} as days
    on
        parts.store_id = days.store_id
        and parts.revenue_date = days.revenue_date

where
    parts.net_revenue <> days.net_revenue
    or parts.gross_revenue <> days.gross_revenue
