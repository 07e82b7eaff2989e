with

stores as (

    select * from {{ ref('int_stores') }}

),

final as (

    select
        store_id,
        source_name,
        store_name,
        currency,
        time_zone,
        country_code,
        first_order_date,
        last_order_date,
        as_of_date,
        first_revenue_date,
        prices_include_tax

    from stores

)

select * from final
