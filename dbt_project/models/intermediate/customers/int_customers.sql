{{ config(materialized='table', post_hook="{{ analyze() }}") }}

with

customers as (

    select
        *,
        {{ country_spelling('country') }} as country_spelling

    from (
        {{ union_sources('customers', [
            'store_id', 'customer_id', 'email', 'country', 'region', 'city', 'age_group', 'customer_segment',
            'registration_date', 'load_id'
        ]) }}
    ) as stacked

    where {{ is_known('registration_date') }}

),

spellings as (

    select * from {{ ref('int_country_spellings') }}

)

select
    customers.store_id,
    customers.customer_id,
    customers.email,
    customers.country,
    spellings.country_code,
    {{ country_unknown_reason('customers.country_spelling', 'spellings') }} as country_unknown_reason,
    customers.region,
    customers.city,
    customers.age_group,
    customers.customer_segment,
    customers.registration_date,
    customers.load_id

from customers

inner join {{ ref('stores') }} as stores
    on customers.store_id = stores.store_id

left join spellings
    on customers.country_spelling = spellings.spelling
