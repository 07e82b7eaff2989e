{#
    numerator / denominator to at least fourteen decimals, null where there is nothing to divide by. Engines divide
    differently: all divisions and averages are made here.
#}
{% macro ratio(numerator, denominator) -%}
    {{ return(adapter.dispatch('ratio')(numerator, denominator)) }}
{%- endmacro %}

{% macro default__ratio(numerator, denominator) -%}
    cast({{ numerator }} as numeric(28, 8)) / nullif({{ denominator }}, 0)
{%- endmacro %}

{#
    DuckDB divides decimals as floating-point numbers, which fall either side of half a cent. Whole numbers are divided
    exactly; up to ten trillion, beyond which DuckDB says so.
#}
{% macro duckdb__ratio(numerator, denominator) -%}
    cast(
        (
            cast(cast({{ numerator }} as numeric(28, 8)) * 100000000 as hugeint) * 100000000000000000
            // nullif(cast(cast({{ denominator }} as numeric(28, 8)) * 100000000 as hugeint), 0)
        ) * 0.00000000000000001 as numeric(38, 16)
    )
{%- endmacro %}

{# Mean of the values that are known. #}
{% macro mean(value) -%}
    {{ ratio('sum(' ~ value ~ ')', 'count(' ~ value ~ ')') }}
{%- endmacro %}

{# Root mean square from a sum of squares; engines other than PostgreSQL compute roots as floating-point numbers. #}
{% macro root_of_mean(sum_of_squares, value_count) -%}
    sqrt({{ sum_of_squares }} / {{ value_count }})
{%- endmacro %}

{# How many times a whole number goes into another; nothing is left over, or neither is negative. #}
{% macro whole_quotient(numerator, denominator) -%}
    {{ return(adapter.dispatch('whole_quotient')(numerator, denominator)) }}
{%- endmacro %}

{% macro default__whole_quotient(numerator, denominator) -%}
    ({{ numerator }}) / {{ denominator }}
{%- endmacro %}

{% macro duckdb__whole_quotient(numerator, denominator) -%}
    ({{ numerator }}) // {{ denominator }}
{%- endmacro %}

{% macro spark__whole_quotient(numerator, denominator) -%}
    ({{ numerator }}) div {{ denominator }}
{%- endmacro %}
