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

{% set columns = [
    'email',
    'country',
    'region',
    'city',
    'age_group',
    'customer_segment',
    'registration_date'
] %}

-- a file of customers often brings everybody anew, and nothing new of most; of whom nothing is left only the key is
differing as (

    {% if is_incremental() -%}
    select
        coalesce(customers.store_id, built.store_id) as store_id,
        coalesce(customers.customer_id, built.customer_id) as customer_id,
        {%- for column in columns %}
        customers.{{ column }},
        {%- endfor %}
        customers.country_spelling,
        customers.customer_id is null as is_gone

    from customers

    full outer join {{ this }} as built
        on
            customers.store_id = built.store_id
            and customers.customer_id = built.customer_id

    where
        customers.customer_id is null
        or built.customer_id is null
        {%- for column in columns %}
        or customers.{{ column }} is distinct from built.{{ column }}
        {%- endfor %}
    {%- else -%}
    select
        *,
        false as is_gone

    from customers
    {%- endif %}

),

spellings as (

    select * from {{ ref('int_country_spellings') }}

),

located as (

    select
        differing.store_id,
        differing.customer_id,
        true as is_listed,
        differing.email,
        differing.country,
        spellings.country_code,
        {{ country_unknown_reason('differing.country_spelling', 'spellings') }} as country_unknown_reason,
        differing.region,
        differing.city,
        differing.age_group,
        differing.customer_segment,
        differing.registration_date

    from differing

    left join spellings
        on differing.country_spelling = spellings.spelling

    where not differing.is_gone

){% if is_incremental() %},

gone as (

    select * from differing

    where is_gone

){% endif %}

select * from located
{{- and_replaced('gone', 'customer_id') }}
