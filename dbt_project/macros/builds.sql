{#
  What is kept of each incremental table between builds: by which rules it was built, and up to which change it has
  followed those that it stands on. It is made anew as a whole when its rules change: the variable as_of_date, the
  sources, a seed, or the SQL of the model or of one that it stands on.
#}

{# Whether the database can be asked: not while parsing, nor by `dbt compile --no-introspect`, which enters none. #}
{% macro may_ask() -%}
    {{ return(execute and flags.INTROSPECT is not sameas false) }}
{%- endmacro %}

{# dbt's own, but without a database to ask a table is compiled as made anew. #}
{% macro is_incremental() -%}
    {{ return(may_ask() and dbt.is_incremental()) }}
{%- endmacro %}

{# dbt asks this macro whether an incremental table is made anew. #}
{% macro should_full_refresh() -%}
    {%- set asked = config.get('full_refresh') -%}
    {%- if asked is none -%}
        {%- set asked = flags.FULL_REFRESH -%}
    {%- endif -%}
    {{ return(asked or (model.config.materialized == 'incremental' and rules_have_changed())) }}
{%- endmacro %}

{# A table that no model makes: what increments have to keep in mind. #}
{% macro kept_table(name) -%}
    {#- an engine without databases has none in its target -#}
    {{ return(api.Relation.create(database=target.database or none, schema='intermediate', identifier=name)) }}
{%- endmacro %}

{% macro builds_table() -%}
    {{ return(kept_table('incremental_builds')) }}
{%- endmacro %}

{# Where it stands by which rules each incremental table was built, and up to which change; made when dbt starts. #}
{% macro create_builds_table() -%}
    {%- if may_ask() -%}
        {%- do adapter.create_schema(builds_table()) -%}
    {%- endif -%}
    create table if not exists {{ builds_table() }} (
        model_name {{ dbt.type_string() }},
        rules_fingerprint {{ dbt.type_string() }},
        change_number bigint
    )
{%- endmacro %}

{# A model that is no more follows nothing; its old number would keep the changes of all later builds. #}
{% macro forget_gone_models() -%}
    {%- if execute -%}
        {%- set names = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | map(attribute='name') -%}
    delete from {{ builds_table() }} where model_name not in ('{{ names | join("', '") }}')
    {%- endif -%}
{%- endmacro %}

{# Names of all that a node stands on, the node itself first. #}
{% macro stands_on(name) -%}
    {%- set reached = [name] -%}
    {%- for name in reached -%}
        {%- set node = graph.nodes.get(name) -%}
        {%- if node and node.resource_type in ('model', 'seed') -%}
            {%- for parent in node.depends_on.nodes | sort if parent not in reached -%}
                {%- do reached.append(parent) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(reached) }}
{%- endmacro %}

{#
  The nearest incremental tables that the model is made from, also through views and tables that are always made anew:
  nodes of the graph.
#}
{% macro incremental_parents() -%}
    {%- set reached, parents = [model.unique_id], [] -%}
    {%- for name in reached -%}
        {%- for parent in graph.nodes[name].depends_on.nodes if parent.startswith('model.') and parent not in reached + parents -%}
            {%- do (parents if graph.nodes[parent].config.materialized == 'incremental' else reached).append(parent) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set nodes = [] -%}
    {%- for name in parents -%}
        {%- do nodes.append(graph.nodes[name]) -%}
    {%- endfor -%}
    {{ return(nodes) }}
{%- endmacro %}

{# Hash of everything but data that decides what a table holds: variables, and the files of the model and all it stands on. #}
{% macro rules_fingerprint(name=none) -%}
    {%- set parts = [var('as_of_date') | string, var('sources') | join(',')] -%}
    {%- for name in stands_on(name or model.unique_id) -%}
        {%- set node = graph.nodes.get(name) -%}
        {%- if node and node.resource_type in ('model', 'seed') -%}
            {%- do parts.append(node.checksum.checksum) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(local_md5(parts | join('\n'))) }}
{%- endmacro %}

{% macro rules_have_changed() -%}
    {%- if not execute -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set table = builds_table() -%}
    {%- if not adapter.get_relation(table.database, table.schema, table.identifier) -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set query -%}
        select count(*) from {{ table }}
        where model_name = '{{ model.name }}' and rules_fingerprint = '{{ rules_fingerprint() }}'
    {%- endset -%}
    {{ return(run_query(query).columns[0].values()[0] == 0) }}
{%- endmacro %}

{#
  Written in the transaction that builds the table. Whoever runs a model without those that it is made from makes it from
  what they held: it has followed no further than they have, and where they are to be made anew so is it.
#}
{% macro remember_build() -%}
    {%- if execute and model.config.materialized == 'incremental' -%}
        {%- set writes_changes = config.get('meta', {}).get('changes') -%}
        {%- if writes_changes and not is_incremental() %}
            {#- whoever follows the changes of a table that is made anew is made anew as well -#}
            {%- set followers = [model.name] -%}
            {%- for node in graph.nodes.values() if node.config.materialized == 'incremental' -%}
                {%- if model.unique_id in stands_on(node.unique_id) -%}
                    {%- do followers.append(node.name) -%}
                {%- endif -%}
            {%- endfor -%}
        delete from {{ builds_table() }} where model_name in ('{{ followers | join("', '") }}');
        {%- endif %}
        {#- the number is asked before the row goes that may hold the highest -#}
        {%- set number = next_change_number() - (0 if writes_changes else 1) -%}
        {%- set parents = incremental_parents() %}
        delete from {{ builds_table() }} where model_name = '{{ model.name }}';
        insert into {{ builds_table() }}
        {%- if parents %}
        {#- a number under which changes are written down is followed by others, and is the table's own -#}
        {%- set leaders = [] if writes_changes else parents | rejectattr('config.meta.changes') | map(attribute='name') %}
        select
            '{{ model.name }}',
            '{{ rules_fingerprint() }}',
            coalesce(
                min(case when model_name in ('{{ leaders | join("', '") }}') then change_number end), {{ number }}
            )
        from {{ builds_table() }}
        where
            {%- for parent in parents %}
            {{ 'or ' if not loop.first -}}
            (model_name = '{{ parent.name }}' and rules_fingerprint = '{{ rules_fingerprint(parent.unique_id) }}')
            {%- endfor %}
        having count(*) = {{ parents | length }};
        {%- else %}
        values ('{{ model.name }}', '{{ rules_fingerprint() }}', {{ number }});
        {%- endif %}
        {{ refresh_statistics(this) if not is_incremental() }}
    {%- endif -%}
{%- endmacro %}
