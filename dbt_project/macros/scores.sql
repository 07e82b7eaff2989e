{#
    Scores from 1 (worst fifth) to 5 (best fifth) of a row among the rows that share `partition_by`. Equal values get
    equal scores: no score splits a tie. Places are whole numbers, so that every engine scores alike.
#}

{# By the middle of the places that a row shares with its equals. #}
{% macro middle_score(column, partition_by, descending=false) -%}
    {%- set ordered = "over (partition by " ~ partition_by ~ " order by " ~ column ~ (" desc" if descending else " asc") ~ ")" -%}
    cast(
        floor(
            5 * (rank() {{ ordered }} + count(*) {{ ordered }} - 1)
            / (2 * count(*) over (partition by {{ partition_by }}))
        ) + 1 as integer
    )
{%- endmacro %}

{# By the lowest of these places: however many bought only once, one order is the lowest frequency and no middle one. #}
{% macro lowest_score(column, partition_by) -%}
    cast(
        least(
            coalesce(
                floor(
                    5 * (rank() over (partition by {{ partition_by }} order by {{ column }} asc) - 1)
                    / nullif(count(*) over (partition by {{ partition_by }}) - 1, 0)
                ),
                0
            ) + 1,
            5
        ) as integer
    )
{%- endmacro %}
