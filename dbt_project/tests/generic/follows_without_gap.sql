{# A member's rows follow each other day by day: each begins the day after the one before it ended, only the last is open. #}
{% test follows_without_gap(model, columns) %}

with

ordered as (

    select
        {{ columns | join(', ') }},
        valid_from_date,
        valid_to_date,
        lead(valid_from_date) over (
            partition by {{ columns | join(', ') }}
            order by valid_from_date
        ) as next_from_date

    from {{ model }}

)

select *
from ordered
where
    valid_to_date < valid_from_date
    or (next_from_date is null) <> (valid_to_date is null)
    or next_from_date <> {{ dbt.dateadd('day', 1, 'valid_to_date') }}

{% endtest %}
