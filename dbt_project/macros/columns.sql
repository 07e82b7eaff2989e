{#
  dbt asks for the columns of a table several times per model. The view of the information schema that its adapter reads
  checks the rights on every column of the database, which takes ten times as long as the catalogue's own tables.
#}
{% macro postgres__get_columns_in_relation(relation) -%}
    {%- set query -%}
        select
            columns.attname as column_name,
            case
                when types.typelem <> 0 and types.typlen = -1 then 'ARRAY'
                else format_type(columns.atttypid, null)
            end as data_type,
            information_schema._pg_char_max_length(columns.atttypid, columns.atttypmod) as character_maximum_length,
            information_schema._pg_numeric_precision(columns.atttypid, columns.atttypmod) as numeric_precision,
            information_schema._pg_numeric_scale(columns.atttypid, columns.atttypmod) as numeric_scale
        from pg_attribute as columns
        inner join pg_type as types on columns.atttypid = types.oid
        where
            columns.attrelid = {{ oid_of(relation) }}
            and columns.attnum > 0
            and not columns.attisdropped
        order by columns.attnum
    {%- endset -%}
    {{ return(sql_convert_columns_in_relation(run_query(query))) }}
{%- endmacro %}

{% macro oid_of(relation) -%}
    {%- set name = relation.include(database=false) if relation.schema else relation.include(database=false, schema=false) -%}
    to_regclass({{ dbt.string_literal(dbt.escape_single_quotes(name | string)) }})
{%- endmacro %}

{#
  Comments of a table and of its columns in one statement, and of a table that stays only those that are others now. A
  comment waits for the server's own vacuum of the table, for a second, and then ends it; and dbt's macro asks twice which
  of the columns are there, where a contract or a test of the house holds that all are.
#}
{% macro postgres__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- set present = {} -%}
    {%- if model.config.materialized in ('incremental', 'snapshot') -%}
        {%- set query -%}
            select coalesce(columns.attname, ''), comments.description
            from pg_description as comments
            left join pg_attribute as columns
                on comments.objoid = columns.attrelid and comments.objsubid = columns.attnum
            where comments.classoid = 'pg_class'::regclass and comments.objoid = {{ oid_of(relation) }}
        {%- endset -%}
        {%- for comment in run_query(query) -%}
            {%- do present.update({comment[0]: comment[1]}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set comments -%}
        {%- if for_relation and config.persist_relation_docs() and model.description and present.get('') != model.description %}
            {{- alter_relation_comment(relation, model.description) }}
        {%- endif %}
        {%- if for_columns and config.persist_column_docs() %}
            {%- for column in model.columns.values() if present.get(column.name) != column.description %}
            comment on column {{ relation }}.{{ adapter.quote(column.name) if column.quote else column.name }}
            is {{ postgres_escape_comment(column.description) }};
            {%- endfor %}
        {%- endif %}
    {%- endset -%}
    {%- if comments | trim -%}
        {%- do run_query(comments) -%}
    {%- endif -%}
{%- endmacro %}
