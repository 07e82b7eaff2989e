{# Every row whose columns are all known has its counterpart in another model; equal names unless `to_columns` is given. #}
{% test refers_to(model, columns, to, to_columns=none) %}

{%- set other_columns = to_columns or columns %}

with

child as (

    select * from {{ model }}

)

select
    {% for column in columns %}child.{{ column }}{{ ", " if not loop.last }}{% endfor %}

from child

left join {{ to }} as parent
    on
        {% for column in columns %}child.{{ column }} = parent.{{ other_columns[loop.index0] }}
        {{ "and " if not loop.last }}{% endfor %}

where
    parent.{{ other_columns[0] }} is null
    {% for column in columns %}and child.{{ column }} is not null
    {% endfor %}

{% endtest %}
