{# Post-hook: statistics of a large table that was just built, which later models join; an engine without them needs none. #}
{% macro analyze() -%}
    {{ return(adapter.dispatch('analyze')()) }}
{%- endmacro %}

{% macro default__analyze() -%}
{%- endmacro %}

{% macro postgres__analyze() -%}
    {%- if not is_incremental() -%}
    analyze {{ this }}
    {%- endif -%}
{%- endmacro %}

{# Post-hook: the unique index of a table as its primary key, which BI tools read; an engine without keys needs none. #}
{% macro primary_key() -%}
    {{ return(adapter.dispatch('primary_key')()) }}
{%- endmacro %}

{% macro default__primary_key() -%}
{%- endmacro %}

{% macro postgres__primary_key() -%}
    {%- if config.get('indexes', []) | selectattr('unique', 'defined') | list and not is_incremental() -%}
    do $$
    begin
        execute (
            select format('alter table %s add primary key using index %I', indrelid::regclass, relname)
            from pg_index inner join pg_class on pg_index.indexrelid = pg_class.oid
            where indrelid = '{{ this }}'::regclass and indisunique
        );
    end $$
    {%- endif -%}
{%- endmacro %}
