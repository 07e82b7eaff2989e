{{ config(enabled='online_retail' in var('sources')) }}

with

-- some exports write numbers of customers as floats
lines as (

    select
        case
            when customerid like '%.0' then left(customerid, length(customerid) - 2)
            else trim(customerid)
        end as customer_id,
        nullif(trim(country), '') as country,
        invoiceno,
        invoicedate,
        _load_id as load_id

    from {{ source('online_retail', 'online_retail') }}

    where
        {{ is_current('_load_id', '_replaced_by_load_id') }}
        and customerid is not null

),

-- a customer who moved is where the last invoice went
ranked as (

    select
        customer_id,
        country,
        max(load_id) over (partition by customer_id) as load_id,
        row_number() over (
            partition by customer_id
            order by invoicedate desc, invoiceno desc, country asc
        ) as row_number_newest_first

    from lines

)

select
    -- keys
    'online_retail' as store_id,
    customer_id,

    -- properties
    cast(null as {{ dbt.type_string() }}) as email,
    country,
    cast(null as {{ dbt.type_string() }}) as region,
    cast(null as {{ dbt.type_string() }}) as city,
    cast(null as {{ dbt.type_string() }}) as age_group,
    cast(null as {{ dbt.type_string() }}) as customer_segment,

    -- times
    cast(null as date) as registration_date,

    -- versions
    load_id,
    cast(null as bigint) as replaced_by_load_id

from ranked

where row_number_newest_first = 1
