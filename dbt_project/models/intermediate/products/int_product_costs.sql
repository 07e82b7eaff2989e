{{ config(materialized='table') }}

with

versions as (

    select * from {{ ref('int_product_versions') }}

),

counted as (

    select
        store_id,
        product_id,
        valid_from_date,
        valid_to_date,
        cost,
        load_id,
        count(cost) over (
            partition by store_id, product_id
            order by valid_from_date
            rows between unbounded preceding and current row
        ) as known_cost_count,
        lag(cost) over (partition by store_id, product_id order by valid_from_date) as previous_cost

    from versions

),

-- before the first known cost there is none; it reaches back, and so takes the place of what was unknown
changes as (

    select
        store_id,
        product_id,
        case
            when known_cost_count = 1 and cost is not null then cast('1995-01-01' as date)
            else valid_from_date
        end as valid_from_date,
        cost,
        load_id

    from counted

    where
        known_cost_count > 0
        and cost is distinct from previous_cost

),

ended as (

    select
        *,
        lead(valid_from_date) over (partition by store_id, product_id order by valid_from_date) as next_from_date

    from changes

),

dated as (

    select
        store_id,
        product_id,
        valid_from_date,
        coalesce(
            cast({{ dbt.dateadd('day', -1, 'next_from_date') }} as date), cast('9999-12-31' as date)
        ) as valid_to_date,
        cost,
        load_id

    from ended

)

select * from dated
