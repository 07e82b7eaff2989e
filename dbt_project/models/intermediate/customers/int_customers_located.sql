{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'customer_id', 'row_key': 'is_listed', 'changes': ['customer_id']}
) }}

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
        true as is_listed,
        customers.email,
        customers.country,
        spellings.country_code,
        {{ country_unknown_reason('customers.country_spelling', 'spellings') }} as country_unknown_reason,
        customers.region,
        customers.city,
        customers.age_group,
        customers.customer_segment,
        customers.registration_date

    from customers

    left join spellings
        on customers.country_spelling = spellings.spelling

),

-- a file of customers often brings everybody anew, and nothing new of most
differing as (

    {{ differing_rows('located') }}

){% if is_incremental() %},

gone as (

    {{ gone_keys('located', 'customer_id') }}

){% endif %}

select * from differing
{{- and_replaced('gone', 'customer_id') }}
