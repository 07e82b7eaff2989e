{{ union_sources('products', columns=[
        'store_id',
        'product_id',
        'product_name',
        'category',
        'brand',
        'price',
        'cost',
        'stock_quantity',
        'load_id'
    ]) }}
