{# A free text as the spelling under which int_country_spellings knows it; null for an empty one. #}
{% macro country_spelling(text) -%}
    nullif(lower(trim({{ text }})), '')
{%- endmacro %}

{# Why a spelling leads to no country; null where it does. #}
{% macro country_unknown_reason(spelling, spellings) -%}
    case
        when {{ spelling }} is null then 'not_given'
        when {{ spellings }}.spelling is null then 'unknown_name'
        else {{ spellings }}.country_unknown_reason
    end
{%- endmacro %}
