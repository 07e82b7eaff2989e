{# An amount in the currency of the store; one of which the rate is not known stays as it is, and is excluded. #}
{% macro in_store_currency(amount, exchange_rate) -%}
    cast(case when {{ exchange_rate }} <> 1 then {{ amount }} * {{ exchange_rate }} else {{ amount }} end as numeric(18, 4))
{%- endmacro %}

{#
  Whether a line's total is not quantity x price: off by more than a cent and two units in the price's last decimal (of
  two to four) per unit, since a price may be rounded or cut off.
#}
{% macro differs_from_price(total, quantity, price) -%}
    {{ total }} <> {{ quantity }} * {{ price }}
    and abs({{ total }} - {{ quantity }} * {{ price }}) > 0.01 + 2 * abs({{ quantity }}) * case
        when {{ price }} = round({{ price }}, 2) then 0.01
        when {{ price }} = round({{ price }}, 3) then 0.001
        else 0.0001
    end
{%- endmacro %}

{#
  The share of an amount that falls on a row, by its part (`share_so_far` and `share_before` of 1): rounded to the
  currency's decimals (0, 2 or 3; DuckDB rounds to a constant only), the shares still add up to the amount.
#}
{% macro share_of(amount, share_so_far, share_before, decimals) -%}
    case {{ decimals }}
    {%- for digits in [0, 3, 2] %}
        {{ 'when ' ~ digits ~ ' then' if digits != 2 else 'else' }} cast(
            case when {{ share_so_far }} = 1 then {{ amount }} else round({{ amount }} * {{ share_so_far }}, {{ digits }}) end
            - round({{ amount }} * {{ share_before }}, {{ digits }}) as numeric(18, 4)
        )
    {%- endfor %}
    end
{%- endmacro %}

{# Counts and amounts of orders, summed over their lines and adjustments; `of`: of the orders of that CTE only. #}
{% macro order_totals(measures, amounts, of=none) -%}
    select
        store_id,
        order_id,
        {% for measure in measures -%}
        sum({{ measure }}) as {{ measure }},
        {% endfor -%}
        max(load_id) as load_id

    from (
        select
            store_id,
            order_id,
            load_id,
            1 as line_count,
            case when line_type = 'goods' then quantity else 0 end as units_sold,
            0 as adjustment_count,
            0 as other_day_adjustment_count,
            {{ amounts | join(', ') }}
        from {{ ref('fct_order_lines') }}
        union all
        select
            store_id,
            order_id,
            load_id,
            0 as line_count,
            0 as units_sold,
            1 as adjustment_count,
            case when adjustment_date <> order_date then 1 else 0 end as other_day_adjustment_count,
            {{ amounts | join(', ') }}
        from {{ ref('fct_order_adjustments') }}
    ) as entries

    {% if of -%}
    where (store_id, order_id) in (select store_id, order_id from {{ of }})

    {% endif -%}
    group by store_id, order_id
{%- endmacro %}
