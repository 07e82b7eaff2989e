{# Stacks one entity of all sources named in the variable `sources`: the one place where sources meet. #}
{% macro union_sources(entity, columns) -%}
    {%- for source_name in var('sources') %}
select
    {%- for column in columns %}
    {{ column }}{{ "," if not loop.last }}
    {%- endfor %}
from {{ ref('stg_' ~ source_name ~ '__' ~ entity) }}
    {%- if not loop.last %}

union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
