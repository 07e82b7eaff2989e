{#
  Stacks one entity of all kinds of export named in the variable `sources`: the one place where sources meet.
  `versions`: 'current' keeps the current versions (or those known at the load `as_of_load`), 'all' keeps every version,
  'changes' has every version twice, under the load that brought it and under the one that replaced it.
#}
{% macro union_sources(entity, columns, versions='current') -%}
    {%- for source_name in var('sources') %}
        {%- for load_id in ['load_id', 'replaced_by_load_id'] if load_id == 'load_id' or versions == 'changes' %}
    select
        {{ columns | join(',\n        ') }}
        {%- if versions == 'changes' %},
        {{ load_id }}{{ ' as load_id' if load_id != 'load_id' }}
        {%- endif %}
    from {{ ref('stg_' ~ source_name ~ '__' ~ entity) }}
    where
        {%- if versions == 'current' %}
        {{ is_current('load_id', 'replaced_by_load_id') }}
        {%- else %}
        {{ load_id }} {{ '<= ' ~ var('as_of_load') if var('as_of_load') else 'is not null' }}
        {%- endif %}
    {{- ' union all' if not loop.last }}
        {%- endfor %}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
