{#
  How the large tables follow deliveries.

  - A row knows the newest delivery that it was made from (`load_id`); deliveries of a source are numbered upwards.
  - A store's day knows its version: the newest delivery among its entries and their count. Whatever happens to the
    entries of a day (one comes, changes, leaves) changes the version, because what comes has a higher number and what
    leaves lowers the count. A table of days keeps the version that each day was made from, so that a day which is
    stale, for whatever reason and however long ago, is found by comparing.
  - A large table that is followed row by row (orders, listed customers, categories of products) writes down what differs
    from before: the keys of all rows that came, changed or left, under the number of the build (`changes`). Who stands
    on it makes anew what belongs to the orders, customers or products that changed since its own last build.
  - A table is made anew as a whole when its rules change (`builds.sql`).
#}

{# One number for the state of a day's entries. Deliveries stay below 9 billion, entries of a day below one. #}
{% macro day_version(last_load_id, entry_count) -%}
    cast({{ last_load_id }} * 1000000000 + {{ entry_count }} as bigint)
{%- endmacro %}

{# One number for the state of several days: of a week, of a month, of all months up to one. #}
{% macro version_of_days(version) -%}
    {{ day_version('max(' ~ whole_quotient(version, 1000000000) ~ ')', 'sum(mod(' ~ version ~ ', 1000000000))') }}
{%- endmacro %}

{#
  Days of a store to build: all that `versions` knows or, of an incremental table, those that it holds in another version
  or not at all, and those that it should hold no more. `versions` is a table, a query in brackets, or the name of a CTE,
  which cannot be asked beforehand. `also` is a query of other days (store, day) to build.
#}
{% macro days_to_build(versions, day, also=none) -%}
    {%- if not is_incremental() -%}
    select
        store_id,
        {{ day }},
        day_version

    from {{ versions }} as versions
    {%- else -%}
        {%- set query -%}
    select
        coalesce(versions.store_id, built.store_id) as store_id,
        coalesce(versions.{{ day }}, built.{{ day }}) as {{ day }},
        versions.day_version

    from {{ versions }} as versions

    full outer join (
        {{ distinct_pairs(this, 'store_id', day, common='day_version') }}
    ) as built
        on
            versions.store_id = built.store_id
            and versions.{{ day }} = built.{{ day }}

    where
        versions.day_version is null
        or built.day_version is null
        or versions.day_version <> built.day_version
        {%- if also %}
        or exists (
            select 1 from ({{ also }}) as also
            where also.store_id = versions.store_id and also.{{ day }} = versions.{{ day }}
        )
        {%- endif -%}
        {%- endset -%}
    {{ query if versions == 'versions' else written_out(query, day) }}
    {%- endif -%}
{%- endmacro %}

{#
  The rows of a query (store, day, version) as literals, when they are few: the planner then knows how few they are and
  reaches for an index, where for a subquery it would read whole tables.
#}
{% macro written_out(query, part) -%}
    {%- set rows = run_query(query).rows if execute else [] -%}
    {%- set type = model.columns[part].data_type if execute -%}
    {%- if rows | length > 10000 -%}
    {{ query }}
    {%- elif rows -%}
    select
        written.store_id,
        cast(written.{{ part }} as {{ type }}) as {{ part }},
        cast(written.day_version as bigint) as day_version

    from (
        values
        {%- for row in rows %}
        (
            {{- dbt.string_literal(dbt.escape_single_quotes(row[0])) }},
            {{- dbt.string_literal(dbt.escape_single_quotes(row[1] | string)) if row[1] is not none else 'null' }},
            {{- row[2] if row[2] is not none else 'null' }})
            {{- "," if not loop.last }}
        {%- endfor %}
    ) as written (store_id, {{ part }}, day_version)
    {%- else -%}
    select
        cast(null as {{ dbt.type_string() }}) as store_id,
        cast(null as {{ type }}) as {{ part }},
        cast(null as bigint) as day_version

    where 1 = 0
    {%- endif -%}
{%- endmacro %}

{#
  Orders that changed since the table was built, of which a delivery brought a row, or of which a row went to another
  order or is gone. Needs the CTE `new_rows` of what was delivered since.
#}
{% macro touched_orders(entity, key) -%}
    {{ changed('int_orders_dated', 'order_id') }}

    union

    select
        store_id,
        order_id

    from new_rows

    union

    select
        built.store_id,
        built.order_id

    from new_rows

    inner join {{ this }} as built
        on
            new_rows.store_id = built.store_id
            and new_rows.{{ key }} = built.{{ key }}

    union

    {{ orders_of_gone_rows(entity, key) }}
{%- endmacro %}

{# Orders of which the table holds a row that is delivered no more. #}
{% macro orders_of_gone_rows(entity, key) -%}
    select
        built.store_id,
        built.order_id

    from {{ this }} as built

    {% if rows_are_gone(entity, key) -%}
    where not exists (
        select 1 from {{ ref('int_' ~ entity ~ '_unioned') }} as present
        where present.store_id = built.store_id and present.{{ key }} = built.{{ key }}
    )
    {%- else -%}
    where 1 = 0
    {%- endif %}
{%- endmacro %}

{# True when fewer rows are delivered than the table holds and gets: only then is it worth looking for what is gone. #}
{% macro rows_are_gone(entity, key) -%}
    {%- set query -%}
        select
            (select count(*) from {{ ref('int_' ~ entity ~ '_unioned') }})
            - (select count(*) from {{ this }})
            - (
                select count(*) from ({{ delivered_rows(entity) }}) as new_rows
                where not exists (
                    select 1 from {{ this }} as known
                    where known.store_id = new_rows.store_id and known.{{ key }} = new_rows.{{ key }}
                )
            )
    {%- endset -%}
    {{ return(execute and run_query(query).columns[0].values()[0] != 0) }}
{%- endmacro %}

{#
  Names each of these parts in the model's output, so that the strategy `parts` replaces it even when nothing is left of
  it.
#}
{% macro and_replaced(parts, part) -%}
    {%- if is_incremental() %}

union all

select
    {%- for column in model.columns.values() %}
    {{ column.name if column.name in ('store_id', part) else 'cast(null as ' ~ column.data_type ~ ')' }}
    {{- "," if not loop.last }}
    {%- endfor %}

from {{ parts }}
    {%- endif -%}
{%- endmacro %}

{#
  The incremental strategy `parts`: what the model selects takes the place of whole parts of a store, which are the days,
  orders or customers in the column `part`. A row without a value in `row_key` only names such a part. Only rows that
  differ are written; a model that lists its keys under `changes` writes down which.
#}
{% macro get_incremental_parts_sql(arguments) -%}
    {%- set target, staged = arguments['target_relation'], arguments['temp_relation'] -%}
    {%- set meta = config.require('meta') -%}
    {%- set part, row_key = meta['part'], meta['row_key'] -%}
    {%- set columns = arguments['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    {%- set parts -%}
        select distinct store_id, {{ part }}, 0 as day_version from {{ staged }} where {{ part }} is not null
    {%- endset -%}
    {%- set is_replaced -%}
        exists (
            select 1 from ({{ written_out(parts, part) }}) as parts
            where parts.store_id = {{ target }}.store_id and parts.{{ part }} = {{ target }}.{{ part }}
        )
    {%- endset -%}
    {%- set is_replaced_without_part -%}
        {{ part }} is null
        and exists (
            select 1 from {{ staged }} as parts
            where parts.store_id = {{ target }}.store_id and parts.{{ part }} is null
        )
    {%- endset -%}
    {%- set differs -%}
        not exists (select 1 from {{ staged }} as staged where {{ same_row('staged', target, arguments['dest_columns']) }})
    {%- endset -%}
    {%- set statistics = refresh_statistics(staged, ([part] + key_columns()) | unique | join(', ')) %}

    {{ statistics ~ ';' if statistics }}
    {%- if meta.get('changes') %}

    {{ write_down_changes(
        'select ' ~ columns ~ ' from ' ~ target ~ ' where ' ~ is_replaced ~ ' and ' ~ differs,
        'select ' ~ columns ~ ' from ' ~ staged ~ ' as staged where ' ~ row_key ~ ' is not null and not exists (select 1 from '
        ~ target ~ ' as built where ' ~ same_row('staged', 'built', arguments['dest_columns']) ~ ')'
    ) }}
    {%- endif %}

    delete from {{ target }}
    where {{ is_replaced }} and {{ differs }};

    delete from {{ target }}
    where {{ is_replaced_without_part }} and {{ differs }};

    -- what the replaced parts still hold is equal to what is staged
    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ staged }} as staged
    where
        {{ row_key }} is not null
        and {{ part }} is not null
        and not exists (select 1 from {{ target }} where {{ is_replaced }} and {{ same_key('staged', target) }});

    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ staged }} as staged
    where
        {{ row_key }} is not null
        and {{ part }} is null
        and not exists (
            select 1 from {{ target }} where {{ target }}.{{ part }} is null and {{ same_key('staged', target) }}
        );

    {{ refresh_outgrown_statistics(target, staged) }}
{%- endmacro %}

{# Columns of the key of the model's rows, as its unique index names them; they are never null. #}
{% macro key_columns() -%}
    {{ return((config.require('indexes') | selectattr('unique', 'defined') | map(attribute='columns') | list) | first) }}
{%- endmacro %}

{% macro same_key(one, other) -%}
    {%- for name in key_columns() -%}
        {{ ' and ' if not loop.first }}{{ one }}.{{ name }} = {{ other }}.{{ name }}
    {%- endfor -%}
{%- endmacro %}

{# Whether two rows are equal: in the columns of the key and in all others. #}
{% macro same_row(one, other, columns) -%}
    {%- set keys = key_columns() -%}
    {%- for column in columns -%}
        {{ ' and ' if not loop.first }}{{ one }}.{{ column.quoted }}
        {{- ' = ' if column.name in keys else ' is not distinct from ' -}}
        {{ other }}.{{ column.quoted }}
    {%- endfor -%}
{%- endmacro %}

{#
  True for rows of deliveries after the newest that `table` was made from, store by store; with a source, of its stores.
  The numbers are read before and written out, because the planner then knows how few rows they leave.
#}
{% macro is_new(table, source_name=none) -%}
    {%- set newest = [] -%}
    {%- if execute -%}
        {#- a look into the index for each store, where grouping would read the whole table -#}
        {%- set query -%}
            select
                store_id,
                coalesce(
                    (select max(load_id) from {{ table }} as built where built.store_id = stores.store_id), 0
                ) as newest_load_id
            from {{ ref('stores') }} as stores
            {% if source_name %}where source_name = '{{ source_name }}'{% endif %}
        {%- endset -%}
        {%- for store in run_query(query) -%}
            {%- do newest.append((dbt.string_literal(dbt.escape_single_quotes(store[0])), store[1])) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if newest -%}
    (
        {#- for the index of a raw table, which knows no store -#}
        load_id > {{ newest | map(attribute=1) | min }}
        and (
            {%- for store, load_id in newest %}
            (store_id = {{ store }} and load_id > {{ load_id }}){{ " or" if not loop.last }}
            {%- endfor %}
        )
    )
    {%- else -%}
    1 = 0
    {%- endif -%}
{%- endmacro %}
