{# True for rows that were known at the end of the day `as_of_date`; for all rows when that variable is empty. #}
{% macro is_known(date_column) -%}
    {%- if var('as_of_date') -%}
        coalesce({{ date_column }} <= cast('{{ var("as_of_date") }}' as date), true)
    {%- else -%}
        true
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
