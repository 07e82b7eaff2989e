with

lines as (

    select * from {{ ref('base_online_retail__online_retail') }}

),

-- a customer who moved is where the last invoice went
ranked as (

    select
        store_id,
        customer_id,
        country,
        max(load_id) over (partition by store_id, customer_id) as load_id,
        row_number() over (
            partition by store_id, customer_id
            order by ordered_at desc, order_id desc, country asc
        ) as row_number_newest_first

    from lines

    where customer_id is not null

),

renamed as (

    select
        -- keys
        store_id,
        customer_id,

        -- properties
        cast(null as {{ dbt.type_string() }}) as email,
        country,
        cast(null as {{ dbt.type_string() }}) as region,
        cast(null as {{ dbt.type_string() }}) as city,
        cast(null as {{ dbt.type_string() }}) as age_group,
        cast(null as {{ dbt.type_string() }}) as customer_segment,

        -- times
        cast(null as date) as registration_date,

        -- the delivery
        load_id

    from ranked

    where row_number_newest_first = 1

)

select * from renamed
