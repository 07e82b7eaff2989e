{# Where a row stands within its store, from 0 to 1: the middle of the places that it shares with its equals. #}
{% macro middle_rank(column, descending=false) -%}
    (
        cume_dist() over (partition by store_id order by {{ column }} {{ 'desc' if descending else 'asc' }})
        + 1
        - cume_dist() over (partition by store_id order by {{ column }} {{ 'asc' if descending else 'desc' }})
    ) / 2
{%- endmacro %}
