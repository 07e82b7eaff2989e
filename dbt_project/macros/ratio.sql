{# numerator / denominator, null where there is nothing to divide by. #}
{% macro ratio(numerator, denominator) -%}
    cast({{ numerator }} as numeric(28, 8)) / nullif({{ denominator }}, 0)
{%- endmacro %}
