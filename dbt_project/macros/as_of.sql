{# True for rows that were known at the end of the day `as_of_date`; for all rows when that variable is empty. #}
{% macro is_known(date_column) -%}
    {%- if var('as_of_date') -%}
        coalesce({{ date_column }} <= cast('{{ var("as_of_date") }}' as date), true)
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{# True for the current version of a raw row, or for the one that was current after the load `as_of_load`. #}
{% macro is_current(load_id, replaced_by_load_id) -%}
    {%- if var('as_of_load') -%}
        ({{ load_id }} <= {{ var('as_of_load') }}
        and coalesce({{ replaced_by_load_id }}, {{ var('as_of_load') }} + 1) > {{ var('as_of_load') }})
    {%- else -%}
        {{ replaced_by_load_id }} is null
    {%- endif -%}
{%- endmacro %}

{# A store's last complete day: the day before its last order (that day may still go on), or as_of_date if earlier. #}
{% macro last_complete_day(last_order_date) -%}
    {%- set day_before = "cast(" ~ dbt.dateadd('day', -1, last_order_date) ~ " as date)" -%}
    {%- if var('as_of_date') -%}
        least({{ day_before }}, cast('{{ var("as_of_date") }}' as date))
    {%- else -%}
        {{ day_before }}
    {%- endif -%}
{%- endmacro %}
