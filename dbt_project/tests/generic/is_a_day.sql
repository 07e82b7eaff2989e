{# A text is a day, written YYYY-MM-DD; null and blanks count as kept. A cast would stop the build, or take 01/02 for whatever it likes. #}
{% test is_a_day(model, column_name) %}

select events.{{ column_name }}

from {{ model }} as events

left join {{ ref('int_days_spined') }} as days
    on trim(events.{{ column_name }}) = cast(days.date_day as {{ dbt.type_string() }})

where
    trim(events.{{ column_name }}) <> ''
    and days.date_day is null

{% endtest %}
