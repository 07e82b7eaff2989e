with

stores as (

    select * from {{ ref('int_stores_dated') }}

),

months as (

    select * from {{ ref('int_store_months_spined') }}

),

snapshot_days as (

    -- two years: the longest outcome to learn from, and one as long to judge it by
    select
        months.store_id,
        months.month_end_date as snapshot_date,
        stores.as_of_date

    from months

    inner join stores
        on months.store_id = stores.store_id

    where months.month_end_date >= {{ dbt.dateadd('month', -25, 'stores.as_of_date') }}

    union

    select
        store_id,
        as_of_date as snapshot_date,
        as_of_date

    from stores

    where as_of_date >= first_order_date

)

select * from snapshot_days
