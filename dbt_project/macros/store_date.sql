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

{# The hour of an instant, 0 to 23, by the clock of a store's own time zone. #}
{% macro store_hour(instant, time_zone) -%}
    {{ return(adapter.dispatch('store_hour')(instant, time_zone)) }}
{%- endmacro %}

{% macro default__store_hour(instant, time_zone) -%}
    cast(extract(hour from timezone({{ time_zone }}, {{ instant }})) as integer)
{%- endmacro %}

{% macro spark__store_hour(instant, time_zone) -%}
    cast(extract(hour from convert_timezone({{ time_zone }}, {{ instant }})) as integer)
{%- endmacro %}
