{{ union_sources('order_items', [
    'store_id', 'item_id', 'order_id', 'product_id', 'quantity', 'unit_price', 'total_price', 'load_id'
]) }}
