{#
  How tables follow what is written down as changed: the keys of rows that came, changed or left, under a number that
  rises with each build. `incremental_builds` says up to which number each table has followed; a table's row there is
  written in the transaction that builds it, so that a build which dies half way has followed nothing.
#}

{% macro changes_table() -%}
    {{ return(kept_table('incremental_changes')) }}
{%- endmacro %}

{# Made when dbt starts. #}
{% macro create_changes_table() -%}
    create table if not exists {{ changes_table() }} (
        model_name {{ dbt.type_string() }},
        key_name {{ dbt.type_string() }},
        store_id {{ dbt.type_string() }},
        key_value {{ dbt.type_string() }},
        change_number bigint
    )
{%- endmacro %}

{# The number under which a table that is being built writes its changes down: no table has seen it yet. #}
{% macro next_change_number() -%}
    {%- set query -%}
        select coalesce(max(change_number), 0) + 1 from {{ builds_table() }}
    {%- endset -%}
    {{ return(run_query(query).columns[0].values()[0]) }}
{%- endmacro %}

{#
  Writes down the keys of rows that differ: of what was there before, and of what is new. A key named `former_...` is only
  written of what was there before.
#}
{% macro write_down_changes(old_rows, new_rows) -%}
    {%- set keys = config.require('meta')['changes'] -%}
    -- what every table has seen is needed no more
    delete from {{ changes_table() }}
    where change_number <= (select min(change_number) from {{ builds_table() }});

    insert into {{ changes_table() }}
    select distinct
        '{{ model.name }}',
        keys.key_name,
        differing.store_id,
        case keys.key_name
            {%- for key in keys %}
            when '{{ key }}' then cast(differing.{{ key | replace('former_', '') }} as {{ dbt.type_string() }})
            {%- endfor %}
        end,
        {{ next_change_number() }}
    from (
        select true as is_former, former.* from ({{ old_rows }}) as former
        union all
        select false as is_former, present.* from ({{ new_rows }}) as present
    ) as differing
    cross join (
        {%- for key in keys %}
        select '{{ key }}' as key_name {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as keys
    where differing.is_former or not keys.key_name like 'former%';

    {%- set statistics = refresh_statistics(changes_table()) %}

    {{ statistics ~ ';' if statistics }}
{%- endmacro %}

{#
  Orders, customers, products or days (`key`) of which a row of that model changed since {{ this }} was built. With
  `former`, only those of which a row that was there is another now, or gone. The number is asked before and written out:
  of one that it does not know the planner expects a third of all changes, and may compare each order with each.
#}
{% macro changed(model_name, key, former=false) -%}
    {%- set seen -%}
        select change_number from {{ builds_table() }} where model_name = '{{ model.name }}'
    {%- endset -%}
    select distinct
        store_id,
        {{ 'cast(key_value as date)' if key.endswith('_date') else 'key_value' }} as {{ key }}

    from {{ changes_table() }}

    where
        model_name = '{{ model_name }}'
        and key_name = '{{ 'former_' if former }}{{ key }}'
        and change_number > {{ run_query(seen).columns[0].values()[0] if is_incremental() else 0 }}
{%- endmacro %}

{#
  The rows of a CTE or, of an incremental table, those that it does not hold with the same values in `columns`, and the
  keys that only the table still holds (`is_gone`): for small tables, read as a whole.
#}
{% macro differing_rows(rows, key, columns) -%}
    {%- if is_incremental() -%}
    select
        coalesce(present.store_id, built.store_id) as store_id,
        coalesce(present.{{ key }}, built.{{ key }}) as {{ key }},
        {%- for column in columns %}
        present.{{ column }},
        {%- endfor %}
        present.{{ key }} is null as is_gone

    from {{ rows }} as present

    full outer join {{ this }} as built
        on
            present.store_id = built.store_id
            and present.{{ key }} = built.{{ key }}

    where
        present.{{ key }} is null
        or built.{{ key }} is null
        {%- for column in columns %}
        or present.{{ column }} is distinct from built.{{ column }}
        {%- endfor %}
    {%- else -%}
    select
        *,
        false as is_gone

    from {{ rows }}
    {%- endif -%}
{%- endmacro %}
