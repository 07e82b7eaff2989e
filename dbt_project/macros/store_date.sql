{# The calendar day of an instant in a store's own time zone. #}
{% macro store_date(instant, time_zone) -%}
    {{ return(adapter.dispatch('store_date')(instant, time_zone)) }}
{%- endmacro %}

{% macro default__store_date(instant, time_zone) -%}
    cast(timezone({{ time_zone }}, {{ instant }}) as date)
{%- endmacro %}

{% macro spark__store_date(instant, time_zone) -%}
    cast(convert_timezone({{ time_zone }}, {{ instant }}) as date)
{%- endmacro %}
