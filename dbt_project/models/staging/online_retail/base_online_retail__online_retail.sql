with

source as (

    select * from {{ source('online_retail', 'online_retail') }}

),

renamed as (

    select
        -- keys
        'online_retail' as store_id,
        -- a line has no number of its own
        cast(_load_id as {{ dbt.type_string() }}) || '-' || cast(_line as {{ dbt.type_string() }}) as item_id,
        upper(trim(invoiceno)) as order_id,
        -- codes that differ only in letter case are one product
        upper(trim(stockcode)) as product_id,
        -- some exports write numbers of customers as floats
        case
            when customerid like '%.0' then left(customerid, length(customerid) - 2)
            else customerid
        end as customer_id,

        -- properties
        nullif(trim(description), '') as product_name,
        nullif(trim(country), '') as country,
        case left(upper(trim(invoiceno)), 1)
            when 'C' then 'credit_note'
            when 'A' then 'bad_debt'
            else 'completed'
        end as order_status,

        -- times
        invoicedate as ordered_at,

        -- measures
        quantity,
        unitprice as unit_price,
        cast(quantity * unitprice as numeric(18, 4)) as total_price,

        -- the delivery
        _load_id as load_id

    from source

)

select * from renamed
