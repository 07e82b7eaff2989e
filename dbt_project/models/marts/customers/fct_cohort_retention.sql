with

-- by its own columns first: of an expression the planner expects more values than there are months
customer_months as (

    select
        store_id,
        first_order_month_date,
        month_start_date,
        sum(case when order_count > 0 then 1 else 0 end) as active_customer_count,
        sum(order_count) as order_count,
        sum(net_revenue) as net_revenue

    from {{ ref('fct_customer_months') }}

    group by store_id, first_order_month_date, month_start_date

),

months as (

    select * from {{ ref('int_store_days_spined') }}

    where is_month_end

),

-- guests are in no cohort, nor are returns of what was bought before the data begin
activities as (

    select
        store_id,
        month_start_date,
        case when month_start_date >= first_order_month_date then first_order_month_date end as cohort_month_date,
        'before_first_order' as cohort_unknown_reason,
        active_customer_count,
        order_count,
        net_revenue

    from customer_months
    {%- for model, day, order_count, net_revenue, condition in [
        ('fct_orders', 'order_date', 1, 0, 'is_sale'),
        ('fct_revenue_entries', 'entry_date', 0, 'net_amount', 'net_amount <> 0')
    ] %}

    union all

    select
        store_id,
        cast({{ dbt.date_trunc('month', day) }} as date) as month_start_date,
        cast(null as date) as cohort_month_date,
        'guest' as cohort_unknown_reason,
        0 as active_customer_count,
        {{ order_count }} as order_count,
        {{ net_revenue }} as net_revenue

    from {{ ref(model) }}

    where customer_id is null and {{ condition }}
    {%- endfor %}

),

totals as (

    select
        store_id,
        coalesce(cast(cohort_month_date as {{ dbt.type_string() }}), cohort_unknown_reason) as cohort_key,
        cohort_month_date,
        month_start_date,
        sum(active_customer_count) as active_customer_count,
        sum(order_count) as order_count,
        sum(net_revenue) as net_revenue

    from activities

    group by store_id, cohort_month_date, cohort_unknown_reason, month_start_date

),

cohorts as (

    select
        store_id,
        cohort_key,
        cohort_month_date,
        min(month_start_date) as first_month_date,
        max(case when month_start_date = cohort_month_date then active_customer_count end) as cohort_size

    from totals

    group by store_id, cohort_key, cohort_month_date

),

-- complete months without activity are zeros
filled as (

    select
        cohorts.store_id,
        cohorts.cohort_key,
        cohorts.cohort_month_date,
        months.month_start_date,
        {{ dbt.datediff('cohorts.cohort_month_date', 'months.month_start_date', 'month') }} as months_since_first_order, -- noqa: LT05
        cohorts.cohort_size,
        case when cohorts.cohort_size > 0 then coalesce(totals.active_customer_count, 0) end as active_customer_count,
        coalesce(totals.order_count, 0) as order_count,
        coalesce(totals.net_revenue, 0) as net_revenue,
        sum(coalesce(totals.net_revenue, 0)) over (
            partition by cohorts.store_id, cohorts.cohort_key
            order by months.month_start_date
        ) as cumulative_net_revenue

    from cohorts

    inner join months
        on cohorts.store_id = months.store_id and cohorts.first_month_date <= months.month_start_date

    left join totals
        on
            cohorts.store_id = totals.store_id
            and cohorts.cohort_key = totals.cohort_key
            and months.month_start_date = totals.month_start_date

),

final as (

    select
        store_id,
        cohort_key,
        month_start_date,
        cohort_month_date,
        case when cohort_month_date is null then cohort_key end as cohort_unknown_reason,
        cast(months_since_first_order as integer) as months_since_first_order,
        cast(cohort_size as integer) as cohort_size,
        cast(active_customer_count as integer) as active_customer_count,
        cast({{ ratio('active_customer_count', 'cohort_size') }} as numeric(18, 4)) as retention_rate,
        cast(order_count as integer) as order_count,
        cast(net_revenue as numeric(18, 4)) as net_revenue,
        cast(cumulative_net_revenue as numeric(18, 4)) as cumulative_net_revenue,
        cast({{ ratio('cumulative_net_revenue', 'cohort_size') }} as numeric(18, 4)) as cumulative_revenue_per_customer

    from filled

)

select * from final
