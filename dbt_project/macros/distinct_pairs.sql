{#
  Each pair of values in two columns of a large table, once; without null. `common` is a column in which all rows of a
  pair are alike. Pairs are few and rows are many, so where the columns begin an index, an engine that can walks it: from
  each pair to the next, past the rows between.
#}
{% macro distinct_pairs(table, one, other, common=none) -%}
    {{ return(adapter.dispatch('distinct_pairs')(table, one, other, common)) }}
{%- endmacro %}

{% macro default__distinct_pairs(table, one, other, common) -%}
    select
        {{ one }},
        {{ other }}
        {{- ', max(' ~ common ~ ') as ' ~ common if common }}
    from {{ table }}
    where {{ one }} is not null and {{ other }} is not null
    group by {{ one }}, {{ other }}
{%- endmacro %}

{# PostgreSQL knows no loose index scan; https://wiki.postgresql.org/wiki/Loose_indexscan shows how to write one. #}
{% macro postgres__distinct_pairs(table, one, other, common) -%}
    {%- set columns = [one, other, common] | select | join(', ') -%}
    with recursive pairs as (
        (
            select {{ columns }}
            from {{ table }}
            where {{ one }} is not null and {{ other }} is not null
            order by {{ one }}, {{ other }}
            limit 1
        )

        union all

        select following.*
        from pairs
        cross join lateral (
            select {{ columns }}
            from {{ table }}
            where ({{ one }}, {{ other }}) > (pairs.{{ one }}, pairs.{{ other }})
            order by {{ one }}, {{ other }}
            limit 1
        ) as following
    )

    select * from pairs
{%- endmacro %}
