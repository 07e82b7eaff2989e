{# What stands on a large table that was just built is planned by its true size; `columns`: by these alone. #}
{% macro refresh_statistics(table=this, columns=none) -%}
    {{ return(adapter.dispatch('refresh_statistics')(table, columns)) }}
{%- endmacro %}

{% macro default__refresh_statistics(table, columns) -%}
{%- endmacro %}

{% macro postgres__refresh_statistics(table, columns) -%}
    analyze {{ table }}{{ ' (' ~ columns ~ ')' if columns }}
{%- endmacro %}

{#
  An increment is a small part, and the server renews statistics by itself as these add up. But of a store that came with
  the last delivery, or grew by much with it, it would expect no rows, and compare each with each in the next join.
#}
{% macro refresh_outgrown_statistics(table, staged) -%}
    {{ return(adapter.dispatch('refresh_outgrown_statistics')(table, staged)) }}
{%- endmacro %}

{% macro default__refresh_outgrown_statistics(table, staged) -%}
{%- endmacro %}

{% macro postgres__refresh_outgrown_statistics(table, staged) -%}
    {%- set query -%}
        select
            (select count(*) from {{ staged }}) * 10 > (select reltuples from pg_class where oid = '{{ table }}'::regclass)
            or exists (
                select 1 from (
                    select (select 1 from {{ table }} as built where built.store_id = stores.store_id limit 1) as is_known
                    from (select distinct store_id from {{ staged }}) as stores
                ) as stores
                where is_known is null
            )
    {%- endset -%}
    {{ refresh_statistics(table) ~ ';' if run_query(query).columns[0].values()[0] }}
{%- endmacro %}
