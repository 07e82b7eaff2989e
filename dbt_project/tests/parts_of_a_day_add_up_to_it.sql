{{ config(meta={'dagster': {'ref': {'name': 'fct_daily_revenue'}}}) }}
-- Categories, countries and products of a day are its revenue, to the last digit: rows are days that do not tie.
{% set measures = ['units_sold', 'gross_revenue', 'discount_amount', 'return_amount', 'net_revenue'] %}
with

{% for part in ['category', 'country', 'product'] -%}
{{ part }}_days as (

    select
        {% for measure in measures -%}
        sum({{ measure }}) as {{ measure }},
        {% endfor -%}
        store_id,
        revenue_date

    from {{ ref('fct_daily_revenue_by_' ~ part) }}

    group by store_id, revenue_date

),

{% endfor -%}
days as (

    select * from {{ ref('fct_daily_revenue') }}

)

{% for part in ['category', 'country', 'product'] -%}
-- a day without parts is a day without revenue
select
    '{{ part }}' as part,
    coalesce(days.store_id, {{ part }}_days.store_id) as store_id,
    coalesce(days.revenue_date, {{ part }}_days.revenue_date) as revenue_date,
    days.net_revenue,
    {{ part }}_days.net_revenue as net_revenue_of_parts

from days

full outer join {{ part }}_days
    on
        days.store_id = {{ part }}_days.store_id
        and days.revenue_date = {{ part }}_days.revenue_date

where
    days.store_id is null
    {% for measure in measures -%}
    or days.{{ measure }} <> coalesce({{ part }}_days.{{ measure }}, 0)
    {% endfor %}
{{ 'union all' if not loop.last }}

{% endfor %}
