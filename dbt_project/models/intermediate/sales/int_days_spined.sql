{{ config(materialized='table') }}

with

-- from the earliest day that the loader accepts to the end of 2049
numbers as (

    {{ dbt.generate_series(20089) }}

),

days as (

    select
        cast(
            {{ dbt.dateadd('day', 'cast(generated_number as integer) - 1', "cast('1995-01-01' as date)") }} as date
        ) as date_day

    from numbers

)

select * from days
