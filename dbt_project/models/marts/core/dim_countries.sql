with

countries as (

    select * from {{ ref('countries') }}

),

final as (

    select
        country_code,
        country_code_alpha3,
        country_name,
        continent,
        subregion

    from countries

)

select * from final
