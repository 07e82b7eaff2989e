{{ config(enabled='online_retail' in var('sources')) }}

select
    -- keys
    'online_retail' as store_id,
    upper(trim(invoiceno)) as order_id,
    -- some exports write numbers of customers as floats
    case
        when customerid like '%.0' then left(customerid, length(customerid) - 2)
        else trim(customerid)
    end as customer_id,

    -- properties
    case left(upper(trim(invoiceno)), 1)
        when 'C' then 'credit_note'
        when 'A' then 'bad_debt'
        else 'completed'
    end as order_status,
    cast(null as {{ dbt.type_string() }}) as payment_method,
    cast(null as {{ dbt.type_string() }}) as sales_channel,
    cast(null as {{ dbt.type_string() }}) as discount_code,
    nullif(trim(country), '') as country,
    cast(null as {{ dbt.type_string() }}) as region,
    'GBP' as currency,

    -- times
    invoicedate as ordered_at,

    -- measures
    cast(quantity * unitprice as numeric(18, 4)) as total_amount,

    -- versions
    _load_id as load_id,
    _replaced_by_load_id as replaced_by_load_id

from {{ source('online_retail', 'online_retail') }}
