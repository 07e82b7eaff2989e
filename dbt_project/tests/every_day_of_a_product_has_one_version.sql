{{ config(meta={'dagster': {'ref': {'name': 'dim_product_history'}}}) }}
-- From the beginning to the open end, each version begins the day after the one before: rows are gaps or overlaps.
with

followed as (

    select
        store_id,
        product_id,
        valid_from_date,
        valid_to_date,
        lag(valid_to_date) over (partition by store_id, product_id order by valid_from_date) as previous_to_date,
        lead(valid_from_date) over (partition by store_id, product_id order by valid_from_date) as next_from_date

    from {{ ref('dim_product_history') }}

)

select *

from followed

where
    valid_from_date <> coalesce(
        cast({{ dbt.dateadd('day', 1, 'previous_to_date') }} as date), cast('1995-01-01' as date)
    )
    or (next_from_date is null and valid_to_date <> cast('9999-12-31' as date))
