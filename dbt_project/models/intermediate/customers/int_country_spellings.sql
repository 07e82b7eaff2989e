{{ config(materialized='table') }}

with

countries as (

    select * from {{ ref('countries') }}

),

aliases as (

    select * from {{ ref('country_aliases') }}

),

spellings as (

    select
        lower(country_code) as spelling,
        country_code,
        cast(null as {{ dbt.type_string() }}) as country_unknown_reason

    from countries

    union all

    select
        lower(country_code_alpha3) as spelling,
        country_code,
        cast(null as {{ dbt.type_string() }}) as country_unknown_reason

    from countries

    union all

    select
        lower(country_name) as spelling,
        country_code,
        cast(null as {{ dbt.type_string() }}) as country_unknown_reason

    from countries

    union all

    select
        alias as spelling,
        country_code,
        country_unknown_reason

    from aliases

)

select * from spellings
