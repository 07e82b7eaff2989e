{{ union_sources('customers', columns=[
        'store_id',
        'customer_id',
        'email',
        'country',
        'region',
        'city',
        'age_group',
        'customer_segment',
        'registration_date',
        'load_id'
    ]) }}
