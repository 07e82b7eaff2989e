select
    store_id,
    customer_id,
    load_id

from (
    {{ union_sources('customers', ['store_id', 'customer_id'], versions='changes') }}
) as versions
