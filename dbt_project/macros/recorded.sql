{# Open versions of a snapshot with `values` and their start; before its first run none, typed as the columns of `rows`. #}
{% macro open_versions(rows, keys, values=[]) -%}
    select
        {{ (keys + values) | join(', ') }},
    {%- if execute and load_relation(this) %}
        dbt_valid_from as recorded_at

    from {{ this }}

    where dbt_valid_to is null
    {%- else %}
        cast(null as {{ dbt.type_timestamp() }}) as recorded_at

    from {{ rows }}

    where 1 = 0
    {%- endif %}
{%- endmacro %}

{# A day as the instant from which a version holds; a correction on the same day is a second later than what it corrects. #}
{% macro record_at(day, recorded_at) -%}
    case
        when {{ recorded_at }} >= cast({{ day }} as {{ dbt.type_timestamp() }})
            then {{ dbt.dateadd('second', 1, recorded_at) }}
        else cast({{ day }} as {{ dbt.type_timestamp() }})
    end
{%- endmacro %}
