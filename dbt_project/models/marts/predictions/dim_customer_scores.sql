with

-- the latest scores of each store
scores as (

    select
        results.*,
        max(results.as_of_date) over (partition by results.store_id) as latest_date

    from {{ ref('stg_ml__customer_scores') }} as results

    inner join {{ ref('dim_stores') }} as stores
        on results.store_id = stores.store_id

),

-- the margin of revenue with known cost: no margin of a single customer is known
margins as (

    select
        store_id,
        {{ ratio('sum(total_profit)', 'sum(revenue_with_known_cost)') }} as margin_rate,
        {{ ratio('sum(revenue_with_known_cost)', 'sum(total_revenue)') }} as cost_known_rate

    from {{ ref('fct_product_performance') }}

    group by store_id

),

predictions as (

    select
        store_id,
        series_key as customer_id,
        cutoff_date,
        {%- for days in [90, 180, 365] %}
        max(case when target = 'clv' and period_days = {{ days }} then forecast end) as clv_{{ days }},
        {%- endfor %}
        max(case when target = 'clv' and period_days = 365 then lower_80 end) as lower_365,
        max(case when target = 'clv' and period_days = 365 then upper_80 end) as upper_365,
        max(case when target = 'churn' then forecast end) as churn_rate

    from {{ ref('stg_ml__forecast_results') }}

    where
        series_level = 'customer'
        and kind = 'live'
        and is_champion
        and (store_id, cutoff_date) in (
            select
                scores.store_id,
                scores.latest_date
            from scores
        )

    group by store_id, series_key, cutoff_date

),

joined as (

    select
        scores.*,
        rfm.rfm_segment,
        predictions.clv_90,
        predictions.clv_180,
        predictions.clv_365,
        predictions.lower_365,
        predictions.upper_365,
        predictions.churn_rate,
        predictions.clv_365 * margins.margin_rate as profit_365,
        case when margins.margin_rate is not null then margins.cost_known_rate end as cost_known_rate,
        ntile(5) over (
            partition by scores.store_id
            order by coalesce(predictions.clv_365, 0) desc, scores.customer_id asc
        ) as value_fifth

    from scores

    left join predictions
        on
            scores.store_id = predictions.store_id
            and scores.customer_id = predictions.customer_id
            and scores.as_of_date = predictions.cutoff_date

    left join {{ ref('fct_customer_rfm') }} as rfm
        on
            scores.store_id = rfm.store_id
            and scores.customer_id = rfm.customer_id

    left join margins
        on scores.store_id = margins.store_id

    where scores.as_of_date = scores.latest_date

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
