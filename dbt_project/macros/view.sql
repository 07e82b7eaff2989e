{#
  Replaces a view in place: dbt's own materialization drops the old view, and by cascade all views that stand on it,
  in the selection or not. PostgreSQL refuses where a column goes or changes its type; then they are dropped here too.
#}
{% materialization view, adapter='postgres' %}
    {%- set existing = load_cached_relation(this) %}
    {%- if not (existing and existing.is_view) %}{{ return(dbt.materialization_view_default()) }}{% endif %}
    {%- set create_view = get_create_view_as_sql(existing, sql) %}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') %}
        do $do$ begin
            {{ create_view | replace('create view', 'create or replace view', 1) }}
        exception when invalid_table_definition then
            drop view {{ existing }} cascade;
            {{ create_view }}
        end $do$
    {% endcall %}
    {% do persist_docs(existing, model) %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [existing]}) }}
{% endmaterialization %}
