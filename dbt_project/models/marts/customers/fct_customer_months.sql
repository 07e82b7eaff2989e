{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['store_id', 'customer_id'],
    post_hook="{{ forget_removed('int_customer_months', ['store_id', 'customer_id']) }}"
) }}

with

{% if is_incremental() -%}
-- whatever changes in one month of a customer changes what they have in the months around it
changed as (

    select distinct
        coalesce(present.store_id, built.store_id) as store_id,
        coalesce(present.customer_id, built.customer_id) as customer_id

    from {{ ref('int_customer_months') }} as present

    full outer join {{ this }} as built
        on
            present.store_id = built.store_id
            and present.customer_id = built.customer_id
            and present.month_start_date = built.month_start_date

    where
        present.customer_id is null
        or built.customer_id is null
        or present.order_count <> built.order_count
        or present.net_revenue <> built.net_revenue
        or (present.order_count > 0 and present.last_order_date <> built.running_last_order_date)

),

{% endif -%}
months as (

    select months.*

    from {{ ref('int_customer_months') }} as months

    {% if is_incremental() -%}
    inner join changed
        on
            months.store_id = changed.store_id
            and months.customer_id = changed.customer_id
    {%- endif %}

),

-- the key that differs most goes first: it is what sorting compares
cumulated as (

    select
        *,
        min(case when order_count > 0 then month_start_date end) over (
            partition by customer_id, store_id
        ) as first_order_month_date,
        lead(month_start_date) over (
            partition by customer_id, store_id
            order by month_start_date
        ) as next_month_start_date,
        sum(order_count) over (
            partition by customer_id, store_id
            order by month_start_date
        ) as running_order_count,
        max(last_order_date) over (
            partition by customer_id, store_id
            order by month_start_date
        ) as running_last_order_date,
        sum(net_revenue) over (
            partition by customer_id, store_id
            order by month_start_date
        ) as running_net_revenue

    from months

),

final as (

    select
        store_id,
        customer_id,
        month_start_date,
        first_order_month_date,
        next_month_start_date,
        cast(order_count as integer) as order_count,
        cast(net_revenue as numeric(18, 4)) as net_revenue,
        cast(running_order_count as integer) as running_order_count,
        running_last_order_date,
        cast(running_net_revenue as numeric(18, 4)) as running_net_revenue

    from cumulated

)

select * from final
