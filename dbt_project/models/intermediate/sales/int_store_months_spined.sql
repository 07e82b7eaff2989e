with

stores as (

    select * from {{ ref('int_stores_dated') }}

),

months as (

    select
        date_day as month_start_date,
        cast({{ dbt.last_day('date_day', 'month') }} as date) as month_end_date

    from {{ ref('int_days_spined') }}

    where extract(day from date_day) = 1

),

spined as (

    select
        stores.store_id,
        months.month_start_date,
        months.month_end_date

    from stores

    inner join months
        on months.month_end_date between stores.first_order_date and stores.as_of_date

)

select * from spined
