with

adjustments as (

    select * from {{ ref('int_order_adjustments_classified') }}

),

final as (

    select
        store_id,
        adjustment_id,
        order_id,
        item_id,
        adjustment_date,
        is_date_inferred,
        adjustment_kind,
        excluded_reason,
        amount,
        discount_amount,
        return_amount,
        fee_amount,
        excluded_amount

    from adjustments

)

select * from final
