with

scores as (

    select * from {{ ref('stg_ml__customer_scores') }}

),

latest as (

    select
        store_id,
        max(as_of_date) as as_of_date

    from scores

    group by store_id

),

published as (

    select * from {{ ref('stg_ml__forecast_results') }}

    where
        series_level = 'customer'
        and kind = 'live'
        and is_champion

),

rfm as (

    select * from {{ ref('fct_customer_rfm') }}

),

products as (

    select * from {{ ref('fct_product_performance') }}

),

-- of the revenue whose cost is known: nobody tells the margin of a single customer's future
margins as (

    select
        store_id,
        {{ ratio('sum(total_profit)', 'sum(revenue_with_known_cost)') }} as margin_rate,
        {{ ratio('sum(revenue_with_known_cost)', 'sum(total_revenue)') }} as cost_known_rate

    from products

    group by store_id

),

values_and_chances as (

    select
        published.store_id,
        published.series_key as customer_id,
        published.cutoff_date,
        {%- for days in [90, 180, 365] %}
        max(case when published.target = 'clv' and published.period_days = {{ days }} then published.forecast end)
            as clv_{{ days }},
        {%- endfor %}
        max(case when published.target = 'clv' and published.period_days = 365 then published.lower_80 end)
            as lower_365,
        max(case when published.target = 'clv' and published.period_days = 365 then published.upper_80 end)
            as upper_365,
        max(case when published.target = 'churn' then published.forecast end) as churn_rate

    from published

    inner join latest
        on
            published.store_id = latest.store_id
            and published.cutoff_date = latest.as_of_date

    group by published.store_id, published.series_key, published.cutoff_date

),

joined as (

    select
        scores.*,
        rfm.rfm_segment,
        values_and_chances.clv_90,
        values_and_chances.clv_180,
        values_and_chances.clv_365,
        values_and_chances.lower_365,
        values_and_chances.upper_365,
        values_and_chances.churn_rate,
        values_and_chances.clv_365 * margins.margin_rate as profit_365,
        case when margins.margin_rate is not null then margins.cost_known_rate end as cost_known_rate,
        ntile(5) over (
            partition by scores.store_id
            order by coalesce(values_and_chances.clv_365, 0) desc, scores.customer_id asc
        ) as value_fifth

    from scores

    inner join latest
        on
            scores.store_id = latest.store_id
            and scores.as_of_date = latest.as_of_date

    left join values_and_chances
        on
            scores.store_id = values_and_chances.store_id
            and scores.customer_id = values_and_chances.customer_id

    left join rfm
        on
            scores.store_id = rfm.store_id
            and scores.customer_id = rfm.customer_id

    left join margins
        on scores.store_id = margins.store_id

),

final as (

    select
        store_id,
        customer_id,
        as_of_date,
        rfm_segment,
        segment_number,
        segment_name,
        cast(clv_90 as numeric(18, 4)) as clv_90_days,
        cast(clv_180 as numeric(18, 4)) as clv_180_days,
        cast(clv_365 as numeric(18, 4)) as clv_365_days,
        cast(lower_365 as numeric(18, 4)) as clv_365_days_lower_80,
        cast(upper_365 as numeric(18, 4)) as clv_365_days_upper_80,
        cast(profit_365 as numeric(18, 4)) as expected_profit_365_days,
        cast(cost_known_rate as numeric(18, 6)) as cost_known_rate,
        churn_window_days,
        cast(churn_rate as numeric(18, 4)) as churn_rate,
        churn_risk,
        reason_1,
        reason_2,
        not_scored_reason,
        case
            when not_scored_reason = 'bought_once_this_week' then 'welcome'
            when churn_risk is null then 'none'
            when churn_risk = 'high' and value_fifth = 1 then 'call or write in person'
            when churn_risk = 'high' and value_fifth <= 3 then 'send a voucher'
            when churn_risk = 'high' then 'none'
            when churn_risk = 'medium' then 'send a mail'
            when value_fifth = 1 then 'thank and keep'
            else 'none'
        end as suggested_action

    from joined

)

select * from final
