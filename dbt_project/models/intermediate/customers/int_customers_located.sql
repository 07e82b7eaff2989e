with

customers as (

    select
        *,
        {{ country_spelling('country') }} as country_spelling

    from {{ ref('int_customers_unioned') }}

    where {{ is_known('registration_date') }}

),

spellings as (

    select * from {{ ref('int_country_spellings') }}

),

located as (

    select
        customers.store_id,
        customers.customer_id,
        spellings.country_code,
        {{ country_unknown_reason('customers.country_spelling', 'spellings') }} as country_unknown_reason,
        customers.region

    from customers

    left join spellings
        on customers.country_spelling = spellings.spelling

)

select * from located
