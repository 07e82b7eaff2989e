{{ config(materialized='table', post_hook="{{ refresh_statistics() }}") }}

with

stores as (

    select * from {{ ref('int_stores_dated') }}

),

days as (

    select * from {{ ref('int_days_spined') }}

),

spined as (

    select
        stores.store_id,
        days.date_day as revenue_date

    from stores

    inner join days
        on days.date_day between stores.first_order_date and stores.as_of_date

)

select * from spined
