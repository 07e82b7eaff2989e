{{ located_orders(ref('fct_orders')) }}
