with

-- this kind of export has lines only: postage and discounts are lines of their own
lines as (

    select * from {{ ref('base_online_retail__online_retail') }}

),

renamed as (

    select
        -- keys
        store_id,
        cast(null as {{ dbt.type_string() }}) as adjustment_id,
        order_id,
        item_id,

        -- properties
        cast(null as {{ dbt.type_string() }}) as adjustment_kind,
        cast(null as boolean) as is_date_inferred,

        -- times
        ordered_at as adjusted_at,

        -- measures
        cast(null as numeric(18, 4)) as amount,

        -- the delivery
        load_id

    from lines

    where false

)

select * from renamed
