{# Schema = layer, verbatim: one database is one environment. A rebuilt past goes beside, into schemas of its own. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set schema = custom_schema_name | trim if custom_schema_name else target.schema -%}
    {%- if var('as_of_date') -%}
        {%- set schema = schema ~ '_as_of_' ~ var('as_of_date') | replace('-', '_') -%}
    {%- endif -%}
    {%- if var('as_of_load') -%}
        {%- set schema = schema ~ '_as_of_load_' ~ var('as_of_load') -%}
    {%- endif -%}
    {{ schema }}
{%- endmacro %}
