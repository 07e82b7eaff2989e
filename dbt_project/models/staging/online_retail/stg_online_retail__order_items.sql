{{ config(enabled='online_retail' in var('sources')) }}

select
    -- keys
    'online_retail' as store_id,
    -- a line has no number of its own
    cast(_load_id as {{ dbt.type_string() }}) || '-' || cast(_line as {{ dbt.type_string() }}) as item_id,
    upper(trim(invoiceno)) as order_id,
    -- codes that differ only in letter case are one product
    upper(trim(stockcode)) as product_id,

    -- measures
    quantity,
    cast(unitprice as numeric(15, 4)) as unit_price,
    cast(quantity * unitprice as numeric(18, 4)) as total_price,

    -- versions
    _load_id as load_id,
    _replaced_by_load_id as replaced_by_load_id

from {{ source('online_retail', 'online_retail') }}
