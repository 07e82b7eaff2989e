{#
  Comparisons over time that every revenue mart makes alike. `keys` are the columns of a series, `position` numbers its
  days, weeks or months without gaps, so that series with missing rows are compared rightly: a missing row is a zero.

  A table of products by day, week or month is too large to be made anew each time. It makes the stale periods and those
  that look back at them (`reached`), from all that these look back at.
#}

{# From one day, Monday or first of a month to another, in days, weeks or months. #}
{% macro periods_between(period, first, last) -%}
    {%- if period == 'week' -%}
    {{ whole_quotient(dbt.datediff(first, last, 'day'), 7) }}
    {%- else -%}
    {{ dbt.datediff(first, last, period) }}
    {%- endif -%}
{%- endmacro %}

{#
  The state of each week or month: the newest delivery among its days, the count of their entries, and whether all its
  days are over.
#}
{% macro period_versions(period, start) -%}
    select
        versions.store_id,
        dates.{{ start }},
        2 * {{ version_of_days('versions.day_version') }}
        + max(
            case
                when {{ dbt.dateadd('day', -1, dbt.dateadd(period, 1, 'dates.' ~ start)) }} <= stores.as_of_date then 1
                else 0
            end
        ) as day_version

    from {{ ref('int_revenue_days_versioned') }} as versions

    inner join {{ ref('dim_stores') }} as stores
        on
            versions.store_id = stores.store_id
            and versions.revenue_date <= stores.as_of_date

    inner join {{ ref('dim_dates') }} as dates
        on versions.revenue_date = dates.date_day

    group by versions.store_id, dates.{{ start }}
{%- endmacro %}

{#
  The days, weeks or months of `versions` that lie `reaches` (pairs of least and greatest distance) after those of
  `origins`, and the origins themselves. Of a table that is made as a whole: all.
#}
{% macro reached(versions, origins, period, start, reaches) -%}
    select
        store_id,
        {{ start }},
        day_version

    from {{ origins }}
    {%- if is_incremental() %}

    union

    select
        versions.store_id,
        versions.{{ start }},
        versions.day_version

    from {{ versions }} as versions

    inner join {{ origins }} as origins
        on
            versions.store_id = origins.store_id
            and (
                {%- for least, greatest in reaches %}
                {{ 'or ' if not loop.first }}{{ periods_between(period, 'origins.' ~ start, 'versions.' ~ start) }}
                between {{ least }} and {{ greatest }}
                {%- endfor %}
            )
    {%- endif %}
{%- endmacro %}

{#
  Mean net revenue of the 7 and 30 days that end with a row's day; null before the store is that old. `day_number` counts
  from the store's first day.
#}
{% macro with_moving_averages(rows, keys) -%}
    select
        *
        {%- for days in [7, 30] %}
        {%- set total -%}
            sum(net_revenue) over (
                    partition by {{ keys | join(', ') }}
                    order by day_number asc
                    range between {{ days - 1 }} preceding and current row
                )
        {%- endset %},
        case
            when day_number >= {{ days - 1 }}
                then {{ ratio(total, days) }}
        end as net_revenue_{{ days }}_day_average
        {%- endfor %}

    from {{ rows }}
{%- endmacro %}

{#
  Net revenue of the same series so many positions before; null where that lies before the `first` (complete) position
  of the store, which positions are counted from.
#}
{% macro with_past(rows, keys, position, periods, past, first='0') -%}
    select
        *,
        case
            when {{ position }} - {{ periods }} >= {{ first }}
                then coalesce(
                    sum(net_revenue) over (
                        partition by {{ keys | join(', ') }}
                        order by {{ position }} asc
                        range between {{ periods }} preceding and {{ periods }} preceding
                    ), 0
                )
        end as {{ past }}

    from {{ rows }}
{%- endmacro %}

{# Growth in percent; null where there is nothing positive to grow from, or where what is `given` does not hold. #}
{% macro growth_pct(present, past, given='true') -%}
    cast(
        case when {{ given }} and {{ past }} > 0 then 100 * {{ ratio(present ~ ' - ' ~ past, past) }} end as numeric(18, 4)
    )
{%- endmacro %}

{#
  Sums of daily rows per ISO week or calendar month. Needs the CTEs `stores` and `dates`; a period is complete when all
  its days lie in the store's history.
#}
{% macro sum_by_period(daily, keys, period, measures) -%}
    select
        totals.*,
        -- counted from the period in which the store began
        {{ periods_between(
            period, 'cast(' ~ dbt.date_trunc(period, 'stores.first_order_date') ~ ' as date)', 'totals.period_start_date'
        ) }} as period_number,
        case
            when {{ dbt.date_trunc(period, 'stores.first_order_date') }} < stores.first_order_date then 1
            else 0
        end as first_complete_number,
        stores.first_order_date <= totals.period_start_date
        and stores.as_of_date >= {{ dbt.dateadd('day', -1, dbt.dateadd(period, 1, 'totals.period_start_date')) }} as is_complete

    from (
        select
            {{ 'daily.' ~ keys | join(', daily.') }},
            dates.{{ period }}_start_date as period_start_date
            {%- for measure in measures %},
            sum(daily.{{ measure }}) as {{ measure }}
            {%- endfor %}

        from {{ daily }} as daily

        inner join dates
            on daily.revenue_date = dates.date_day

        group by {{ 'daily.' ~ keys | join(', daily.') }}, dates.{{ period }}_start_date
    ) as totals

    inner join stores
        on totals.store_id = stores.store_id
{%- endmacro %}
