{% set reasons = [
    ('new_data_amount', 'what was sold since'),
    ('promotion_amount', 'promotions'),
    ('calendar_amount', 'holidays, season and closed days'),
] %}

with

stores as (

    select * from {{ ref('dim_stores') }}

),

changes as (

    select * from {{ ref('fct_forecast_changes') }}

),

summed as (

    select
        changes.store_id,
        stores.currency,
        changes.cutoff_date,
        changes.previous_cutoff_date,
        changes.model_name,
        changes.previous_model_name,
        min(changes.forecast_date) as first_date,
        max(changes.forecast_date) as last_date,
        sum(changes.forecast) as forecast,
        sum(changes.previous_forecast) as previous_forecast,
        sum(changes.change_amount) as change_amount,
        sum(changes.other_model_amount) as other_model_amount,
        sum(changes.promotion_amount) as promotion_amount,
        sum(changes.calendar_amount) as calendar_amount,
        sum(changes.new_data_amount) as new_data_amount,
        min(case when changes.is_model_known then 1 else 0 end) = 1 as is_model_known

    from changes

    inner join stores
        on changes.store_id = stores.store_id

    group by
        changes.store_id,
        stores.currency,
        changes.cutoff_date,
        changes.previous_cutoff_date,
        changes.model_name,
        changes.previous_model_name

),

told as (

    select
        *,
        'The forecast for ' || cast(first_date as {{ dbt.type_string() }}) || ' to '
        || cast(last_date as {{ dbt.type_string() }})
        || case
            when round(change_amount) = 0 then ' is the same as'
            else
                ' is ' || {{ in_words('abs(change_amount)', 0) }} || ' ' || currency
                || coalesce(
                    ' (' || {{ in_words('100 * ' ~ ratio('abs(change_amount)', 'previous_forecast'), 1) }} || ' %)',
                    ''
                )
                || case when change_amount > 0 then ' higher than' else ' lower than' end
        end
        || ' that of ' || cast(previous_cutoff_date as {{ dbt.type_string() }}) as change_in_words,
        -- a reason that is worth nothing is no reason
        {% for amount, reason in reasons %}
        {{ '|| ' if not loop.first }}case
            when round({{ amount }}) <> 0
                then ', ' || {{ in_words(amount, 0) }} || ' ' || currency || ' for {{ reason }}'
            else ''
        end
        {% endfor %}
        || case
            when model_name = previous_model_name then ''
            when not is_model_known
                then
                    ', another model (' || model_name || ' instead of ' || previous_model_name
                    || ') is published, of which no forecast of then is kept'
            when round(other_model_amount) <> 0
                then
                    ', ' || {{ in_words('other_model_amount', 0) }} || ' ' || currency
                    || ' because another model is published (' || model_name || ' instead of ' || previous_model_name
                    || ')'
            else ''
        end as reasons_in_words

    from summed

),

final as (

    select
        store_id,
        currency,
        cutoff_date,
        previous_cutoff_date,
        first_date,
        last_date,
        cast(forecast as numeric(18, 4)) as forecast,
        cast(previous_forecast as numeric(18, 4)) as previous_forecast,
        cast(change_amount as numeric(18, 4)) as change_amount,
        cast(other_model_amount as numeric(18, 4)) as other_model_amount,
        cast(promotion_amount as numeric(18, 4)) as promotion_amount,
        cast(calendar_amount as numeric(18, 4)) as calendar_amount,
        cast(new_data_amount as numeric(18, 4)) as new_data_amount,
        change_in_words
        || case when reasons_in_words = '' then '' else ': ' || substr(reasons_in_words, 3) end
        || '.' as explanation

    from told

)

select * from final
