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
  The rows of an entity that belong to the orders of a CTE: `union_sources` joined source by source, because no planner
  takes a join into the branches of a union, and all rows would be read for a few. The staging models are named through
  the graph: in the lineage, who calls this stands on the unioned model.
#}
{% macro rows_of_orders(entity, orders) -%}
    {%- set unioned = graph.nodes.get('model.' ~ project_name ~ '.int_' ~ entity ~ '_unioned') -%}
    {%- for source_name in var('sources') if unioned %}
    {%- set staged = graph.nodes['model.' ~ project_name ~ '.stg_' ~ source_name ~ '__' ~ entity] %}
    select
        {%- for column in unioned.columns %}
        staged.{{ column }}{{ "," if not loop.last }}
        {%- endfor %}

    from {{ orders }}

    inner join {{ staged.relation_name }} as staged
        on
            {{ orders }}.store_id = staged.store_id
            and {{ orders }}.order_id = staged.order_id
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
{%- endmacro %}
