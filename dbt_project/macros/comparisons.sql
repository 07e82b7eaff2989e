{#
  Comparisons over time that all revenue marts make alike. `keys` are the columns of a series, `position` numbers its
  days, weeks or months without gaps: a missing row of a series is a zero.
#}

{# Mean net revenue of the 7 and 30 days that end with a row's day; null in the first days of a store. #}
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
        case when day_number >= {{ days - 1 }} then {{ ratio(total, days) }} end as net_revenue_{{ days }}_day_average
        {%- endfor %}

    from {{ rows }}
{%- endmacro %}

{# Net revenue of the same series so many positions before; null where that lies before the `first` position of the store. #}
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

{# Growth in percent; null where there is nothing positive to grow from, or where `given` does not hold. #}
{% macro growth_pct(present, past, given='true') -%}
    cast(
        case when {{ given }} and {{ past }} > 0 then 100 * {{ ratio(present ~ ' - ' ~ past, past) }} end as numeric(18, 4)
    )
{%- endmacro %}

{#
  Sums of daily rows per series and ISO week or calendar month, beside the period before and the one a year before. A
  period is complete when all its days lie in the store's history; comparisons need complete periods.
#}
{% macro revenue_by_period(daily, keys, period, measures) -%}
    {%- set start = period ~ '_start_date' -%}
    {%- set numbers = ['iso_year', 'iso_week'] if period == 'week' else ['calendar_year', 'calendar_month'] -%}
    {%- set columns = 'daily.' ~ keys | join(', daily.') ~ ', dates.' ~ ([start] + numbers) | join(', dates.') -%}
    {%- set first = 'cast(' ~ dbt.date_trunc(period, 'stores.first_revenue_date') ~ ' as date)' -%}
    {%- set distance = dbt.datediff(first, 'totals.' ~ start, 'day' if period == 'week' else period) -%}
totals as (

    select
        {{ columns }}
        {%- for measure in measures %},
        sum(daily.{{ measure }}) as {{ measure }}
        {%- endfor %}

    from {{ daily }} as daily

    inner join {{ ref('dim_dates') }} as dates
        on daily.revenue_date = dates.date_day

    group by {{ columns }}

),

-- numbered from the period in which the store began
periods as (

    select
        totals.*,
        {{ whole_quotient(distance, 7) if period == 'week' else distance }} as period_number,
        case when {{ first }} < stores.first_revenue_date then 1 else 0 end as first_complete_number,
        stores.first_revenue_date <= totals.{{ start }}
        and stores.as_of_date >= {{ dbt.dateadd('day', -1, dbt.dateadd(period, 1, 'totals.' ~ start)) }} as is_complete

    from totals

    inner join {{ ref('dim_stores') }} as stores
        on totals.store_id = stores.store_id

),

followed as (

    {{ with_past('periods', keys, 'period_number', 1, 'net_revenue_previous_' ~ period, first='first_complete_number') }}

),

compared as (

    {{ with_past(
        'followed', keys, 'period_number', 52 if period == 'week' else 12, 'net_revenue_year_before',
        first='first_complete_number'
    ) }}

)
{%- endmacro %}
