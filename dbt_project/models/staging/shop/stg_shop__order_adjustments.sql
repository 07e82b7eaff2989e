select
    -- keys
    store_id,
    adjustment_id,
    order_id,
    item_id,

    -- properties
    lower(trim(kind)) as adjustment_kind,
    coalesce(is_date_inferred, false) as is_date_inferred,

    -- times
    adjusted_at,

    -- measures
    amount,

    -- the delivery
    _load_id as load_id

from {{ source('shop', 'order_adjustments') }}
