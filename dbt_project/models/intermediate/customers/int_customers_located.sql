{{ config(
    materialized='incremental',
    incremental_strategy='parts',
    meta={'part': 'customer_id', 'row_key': 'is_listed', 'changes': ['customer_id']}
) }}

with

customers as (

    select * from {{ ref('int_customers_unioned') }}

    where {{ is_known('registration_date') }}

),

-- a file of customers often brings everybody anew, and nothing new of most
differing as (

    {{ differing_rows('customers', 'customer_id', [
        'email', 'country', 'region', 'city', 'age_group', 'customer_segment', 'registration_date'
    ]) }}

),

spellings as (

    select * from {{ ref('int_country_spellings') }}

),

spelled as (

    select
        *,
        {{ country_spelling('country') }} as country_spelling

    from differing

),

located as (

    select
        spelled.store_id,
        spelled.customer_id,
        true as is_listed,
        spelled.email,
        spelled.country,
        spellings.country_code,
        {{ country_unknown_reason('spelled.country_spelling', 'spellings') }} as country_unknown_reason,
        spelled.region,
        spelled.city,
        spelled.age_group,
        spelled.customer_segment,
        spelled.registration_date

    from spelled

    left join spellings
        on spelled.country_spelling = spellings.spelling

    where not spelled.is_gone

){% if is_incremental() %},

gone as (

    select * from differing

    where is_gone

){% endif %}

select * from located
{{- and_replaced('gone', 'customer_id') }}
