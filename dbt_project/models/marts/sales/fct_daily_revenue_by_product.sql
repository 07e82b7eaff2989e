{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_from_changed_day('revenue_date') }}",
    post_hook="{{ analyze() }}"
) }}
-- depends_on: {{ ref('int_order_changes') }}, {{ ref('int_stores') }}, {{ ref('stores') }}
with

{% if is_incremental() -%}
changed as (

    {{ first_changed_day('revenue_date') }}

),

{% endif -%}
-- an increment needs its own days, and those that their averages and comparisons look back at
days as (

    select
        days.*,
        {{ 'changed.first_day' if is_incremental() else "cast('1995-01-01' as date)" }} as first_day

    from {{ ref('int_store_days_spined') }} as days

    {% if is_incremental() -%}
    inner join {{ ref('int_stores') }} as stores
        on days.store_id = stores.store_id

    inner join changed
        on
            days.store_id = changed.store_id
            and (
                days.revenue_date >= {{ dbt.dateadd('day', -29, 'changed.first_day') }}
                or days.revenue_date between {{ dbt.dateadd('day', -364, 'changed.first_day') }}
                and {{ dbt.dateadd('day', -364, 'stores.as_of_date') }}
            )
    {%- endif %}

),

product_days as (

    select
        entries.store_id,
        coalesce(entries.product_id, '(no product)') as product_id,
        entries.entry_date as revenue_date,
        count(distinct case when entries.entry_kind = 'goods' then entries.order_id end) as order_count,
        sum(entries.units_sold) as units_sold,
        sum(entries.units_returned) as units_returned,
        sum(entries.gross_amount) as gross_revenue,
        sum(entries.discount_amount) as discount_amount,
        sum(entries.return_amount) as return_amount,
        sum(entries.net_amount) as net_revenue,
        max(entries.load_id) as load_id

    from {{ ref('fct_revenue_entries') }} as entries

    inner join days
        on
            entries.store_id = days.store_id
            and entries.entry_date = days.revenue_date
            and entries.entry_date >= days.first_day

    where
        (entries.entry_type = 'line' and entries.entry_kind in ('goods', 'return', 'discount'))
        or entries.gross_amount <> 0
        or entries.discount_amount <> 0
        or entries.return_amount <> 0

    group by entries.store_id, coalesce(entries.product_id, '(no product)'), entries.entry_date
    {% if is_incremental() -%}
    union all

    select
        store_id,
        product_id,
        revenue_date,
        order_count,
        units_sold,
        units_returned,
        gross_revenue,
        discount_amount,
        return_amount,
        net_revenue,
        load_id

    from {{ this }}
    {%- endif %}

),

numbered as (

    select
        product_days.*,
        days.day_number,
        days.first_day

    from product_days

    inner join days
        on
            product_days.store_id = days.store_id
            and product_days.revenue_date = days.revenue_date

),

averaged as (

    {{ with_moving_averages('numbered', ['store_id', 'product_id']) }}

),

compared as (

    {{ with_past('averaged', ['store_id', 'product_id'], 'day_number', 364, 'net_revenue_year_before') }}

),

final as (

    select
        store_id,
        product_id,
        revenue_date,
        cast(order_count as integer) as order_count,
        cast(units_sold as numeric(18, 4)) as units_sold,
        cast(units_returned as numeric(18, 4)) as units_returned,
        cast(gross_revenue as numeric(18, 4)) as gross_revenue,
        cast(discount_amount as numeric(18, 4)) as discount_amount,
        cast(return_amount as numeric(18, 4)) as return_amount,
        cast(net_revenue as numeric(18, 4)) as net_revenue,
        cast(net_revenue_7_day_average as numeric(18, 4)) as net_revenue_7_day_average,
        cast(net_revenue_30_day_average as numeric(18, 4)) as net_revenue_30_day_average,
        cast(net_revenue_year_before as numeric(18, 4)) as net_revenue_year_before,
        {{ growth_pct('net_revenue', 'net_revenue_year_before') }} as growth_year_over_year_pct,
        {{ load_through('load_id', ['fct_revenue_entries']) }} as load_id

    from compared

    where revenue_date >= first_day

)

select * from final
