{{ config(enabled='online_retail' in var('sources')) }}

-- this kind of export has lines only: postage and discounts are lines of their own
select
    -- keys
    'online_retail' as store_id,
    cast(null as {{ dbt.type_string() }}) as adjustment_id,
    invoiceno as order_id,
    cast(null as {{ dbt.type_string() }}) as item_id,

    -- properties
    cast(null as {{ dbt.type_string() }}) as adjustment_kind,
    cast(null as boolean) as is_date_inferred,

    -- times
    invoicedate as adjusted_at,

    -- measures
    cast(null as numeric(18, 4)) as amount,

    -- versions
    _load_id as load_id,
    _replaced_by_load_id as replaced_by_load_id

from {{ source('online_retail', 'online_retail') }}

where false
