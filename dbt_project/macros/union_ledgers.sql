{#
  Stacks one of the loader's own tables (loads, rejected_rows) over all sources named in the variable `sources`. The
  loader makes them with every source, so that nobody who adds a source has to declare them.
#}
{% macro union_ledgers(table_name, columns) -%}
    {%- for source_name in var('sources') %}
select
    '{{ source_name }}' as source_name,
    {%- for column in columns %}
    {{ column }}{{ "," if not loop.last }}
    {%- endfor %}
from {{ api.Relation.create(database=database, schema='raw_' ~ source_name, identifier=table_name) }}
    {%- if not loop.last %}

union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
