{#
  The part of a forecast's change that one factor explains: the forecast less what it would be with the previous factor.
  A factor of 0 (a closed day) explains the whole change; 0 where a factor is unknown.
#}
{% macro amount_of_factor(forecast, before, factor, previous_factor) -%}
    cast(
        coalesce(
            case
                when {{ factor }} = {{ previous_factor }} then 0
                when {{ factor }} = 0 and {{ previous_factor }} > 0 then {{ forecast }} - {{ before }}
                else {{ forecast }} - {{ ratio(forecast ~ ' * ' ~ previous_factor, factor) }}
            end,
            0
        ) as numeric(18, 4)
    )
{%- endmacro %}

{# A number as text with so many (0 or 1) decimals, and a comma before each three digits. #}
{% macro in_words(number, decimals) -%}
    {{ return(adapter.dispatch('in_words')(number, decimals)) }}
{%- endmacro %}

{% macro default__in_words(number, decimals) -%}
    to_char(round({{ number }}, {{ decimals }}), 'FM999,999,999,999,990{{ '.0' if decimals else '' }}')
{%- endmacro %}

{% macro duckdb__in_words(number, decimals) -%}
    format('{:,.{{ decimals }}f}', cast(round({{ number }}, {{ decimals }}) as double))
{%- endmacro %}

{% macro spark__in_words(number, decimals) -%}
    format_number(round({{ number }}, {{ decimals }}), {{ decimals }})
{%- endmacro %}
