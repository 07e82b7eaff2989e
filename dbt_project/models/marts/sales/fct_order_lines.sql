with

lines as (

    select * from {{ ref('int_order_lines_classified') }}

),

final as (

    select
        store_id,
        item_id,
        order_id,
        customer_id,
        product_id,
        order_date,
        line_type,
        excluded_reason,
        quantity,
        unit_price,
        line_amount,
        gross_amount,
        discount_amount,
        return_amount,
        fee_amount,
        excluded_amount

    from lines

)

select * from final
