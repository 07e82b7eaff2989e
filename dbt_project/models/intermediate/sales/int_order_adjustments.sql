{{ union_sources('order_adjustments', [
    'store_id', 'adjustment_id', 'order_id', 'item_id', 'adjustment_kind', 'is_date_inferred', 'adjusted_at', 'amount',
    'load_id'
]) }}
