{% snapshot snap_daily_revenue %}

with

days as (

    select * from {{ ref('fct_daily_revenue') }}

    -- a past that is rebuilt was not published
    {{ 'where false' if var('as_of_date') }}

),

stores as (

    select * from {{ ref('dim_stores') }}

),

recorded as (

    {{ open_versions('days', ['store_id', 'revenue_date']) }}

),

published as (

    select
        days.store_id,
        days.revenue_date,
        days.order_count,
        days.gross_revenue,
        days.discount_amount,
        days.return_amount,
        days.net_revenue,
        stores.as_of_date as published_as_of_date,
        {{ record_at('stores.as_of_date', 'recorded.recorded_at') }} as published_at

    from days

    inner join stores
        on days.store_id = stores.store_id

    left join recorded
        on
            days.store_id = recorded.store_id
            and days.revenue_date = recorded.revenue_date

)

select * from published

{% endsnapshot %}
