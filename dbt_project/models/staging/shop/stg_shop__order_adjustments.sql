{{ config(enabled='shop' in var('sources')) }}

select
    -- keys
    trim(store_id) as store_id,
    trim(adjustment_id) as adjustment_id,
    trim(order_id) as order_id,
    nullif(trim(item_id), '') as item_id,

    -- properties
    lower(trim(kind)) as adjustment_kind,
    coalesce(is_date_inferred, false) as is_date_inferred,

    -- times
    adjusted_at,

    -- measures
    cast(amount as numeric(18, 4)) as amount,

    -- versions
    _load_id as load_id,
    _replaced_by_load_id as replaced_by_load_id

from {{ source('shop', 'order_adjustments') }}
