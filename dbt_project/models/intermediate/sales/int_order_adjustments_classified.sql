{{ classified_adjustments(ref('int_order_adjustments_unioned')) }}
