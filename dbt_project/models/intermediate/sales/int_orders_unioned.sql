{{ union_sources('orders', columns=[
        'store_id',
        'order_id',
        'customer_id',
        'order_status',
        'payment_method',
        'country',
        'currency',
        'ordered_at',
        'total_amount',
        'load_id'
    ]) }}
