{{ classified_lines(ref('int_order_items_unioned')) }}
