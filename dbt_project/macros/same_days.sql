{# Joins a baseline's scores to those of a model that was judged on the same series, cutoffs and days. #}
{% macro same_days(scores, baseline) -%}
    {{ baseline }}.model_name = '{{ baseline }}'
    {%- for column in ['store_id', 'target', 'series_level', 'series_key', 'kind', 'period_days', 'lead_days_bucket'] %}
    and {{ scores }}.{{ column }} = {{ baseline }}.{{ column }}
    {%- endfor %}
{%- endmacro %}
