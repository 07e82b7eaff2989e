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

{#
  Rows of the unioned model of an entity, for an increment: those of the orders of a CTE, or without one those of
  deliveries that {{ this }} does not know. They are looked up source by source, because no planner takes a join into
  the branches of a union, and all rows would be read for a few. The staging models are named through the graph: in the
  lineage, who calls this stands on the unioned model.
#}
{% macro delivered_rows(entity, of_orders=none) -%}
    {%- set unioned = graph.nodes.get('model.' ~ project_name ~ '.int_' ~ entity ~ '_unioned') -%}
    {%- for source_name in var('sources') if unioned %}
    {%- set staged = graph.nodes['model.' ~ project_name ~ '.stg_' ~ source_name ~ '__' ~ entity] %}
    select
        {%- for column in unioned.columns %}
        staged.{{ column }}{{ "," if not loop.last }}
        {%- endfor %}

    from {{ staged.relation_name }} as staged
    {% if of_orders %}
    inner join {{ of_orders }}
        on
            staged.store_id = {{ of_orders }}.store_id
            and staged.order_id = {{ of_orders }}.order_id
    {%- else %}
    where {{ is_new(this, source_name) }}
    {%- endif %}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
{%- endmacro %}
