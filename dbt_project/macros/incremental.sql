{#
  Incremental models follow the loads. The watermark is the newest load in the table itself; `int_order_changes` says
  which orders, customers and days later loads touched; a pre-hook deletes those keys and the model appends them again.
#}

{# Newest load that the table includes, 0 when it is built as a whole; a number, so that the planner can use an index. #}
{% macro watermark() -%}
    {%- if is_incremental() and execute -%}
        {{ return(newest_load(this)) }}
    {%- endif -%}
    {{ return(0) }}
{%- endmacro %}

{% macro newest_load(relation) -%}
    {{ return(run_query('select coalesce(max(load_id), 0) from ' ~ relation).columns[0].values()[0]) }}
{%- endmacro %}

{#
  The load of a row. A model built without one of its parents gets no further than that parent or than it was before, and
  so is brought up to date by the next complete build.
#}
{% macro load_through(load_id, parents) -%}
    {%- set newest = [] -%}
    {%- if execute and model.resource_type == 'model' -%}
        {%- for parent in parents if 'model.' ~ project_name ~ '.' ~ parent not in selected_resources -%}
            {%- do newest.append(newest_load(ref(parent))) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ 'least(' ~ load_id ~ ', ' ~ [newest | min, watermark()] | max ~ ')' if newest else load_id }}
{%- endmacro %}

{#
  Keys that loads after the watermark touched: `order_id`, or the `customer_id` or `revenue_date` of all versions of these
  orders. With `entity`, the keys of that entity's own rows, read from staging; with `customers`, also those of that model;
  with `without`, changes of that table do not count.
#}
{% macro changed(key, entity=none, customers=none, without=none) -%}
    {%- if entity -%}
        {%- set changes = '(' ~ union_sources(entity, ['store_id', key], versions='changes') ~ ') as versions' -%}
    {%- else -%}
        {%- set changes = ref('int_order_changes') -%}
    {%- endif -%}
    {%- set counts = " and table_name <> '" ~ without ~ "'" if without else '' -%}
    {%- set touched = 'from ' ~ changes ~ ' where load_id > ' ~ watermark() ~ counts -%}
    {%- if key == 'revenue_date' -%}
    select distinct
        versions.store_id,
        {{ store_date('versions.occurred_at', 'stores.time_zone') }} as revenue_date
    from {{ changes }} as versions
    inner join {{ ref('stores') }} as stores on versions.store_id = stores.store_id
    where
        versions.occurred_at is not null
        and (versions.store_id, versions.order_id) in (select store_id, order_id {{ touched }})
    {%- elif key == 'customer_id' -%}
    select distinct store_id, customer_id
    from {{ changes }}
    where customer_id is not null and (store_id, order_id) in (select store_id, order_id {{ touched }})
        {%- if customers %}
    union
    select store_id, customer_id from {{ ref(customers) }} where load_id > {{ watermark() }}
        {%- endif %}
    {%- else -%}
    select distinct store_id, {{ key }} {{ touched }}
    {%- endif -%}
{%- endmacro %}

{# Pre-hook, in the transaction of the model: a key of which nothing is left disappears. #}
{% macro delete_changed(key, column=none, entity=none, customers=none, without=none) -%}
    {%- if is_incremental() -%}
    delete from {{ this }} as built
    where exists (
        select 1 from ({{ changed(key, entity, customers, without) }}) as changed
        where changed.store_id = built.store_id and changed.{{ key }} = built.{{ column or key }}
    );
    {%- endif -%}
{%- endmacro %}

{#
  First day of each store from which a table of days, weeks or months (`column`) is to be built again: the first changed
  day, the day after the newest row (a store without rows: its first day), or the day after the last complete one.
#}
{% macro first_changed_day(column) -%}
    select store_id, min(day) as first_day
    from (
        select store_id, revenue_date as day from ({{ changed('revenue_date') }}) as changed
        union all
        select
            store_id,
            coalesce((
                select cast({{ dbt.dateadd('day', 1, 'max(built.' ~ column ~ ')') }} as date)
                from {{ this }} as built where built.store_id = stores.store_id
            ), first_revenue_date) as day
        from {{ ref('int_stores') }} as stores
        union all
        select store_id, cast({{ dbt.dateadd('day', 1, 'as_of_date') }} as date) as day from {{ ref('int_stores') }}
    ) as days
    group by store_id
{%- endmacro %}

{# Pre-hook: deletes what the model builds again from `first_changed_day` on. #}
{% macro delete_from_changed_day(column) -%}
    {%- if is_incremental() -%}
    delete from {{ this }} as built
    where exists (
        select 1 from ({{ first_changed_day(column) }}) as changed
        where changed.store_id = built.store_id and built.{{ column }} >= changed.first_day
    );
    {%- endif -%}
{%- endmacro %}
