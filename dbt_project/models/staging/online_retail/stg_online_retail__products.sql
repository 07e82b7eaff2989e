with

lines as (

    select * from {{ ref('base_online_retail__online_retail') }}

),

-- lines without a price are notes about the stock ("damaged", "found"), not names
counted as (

    select
        store_id,
        product_id,
        case when unit_price > 0 then product_name end as product_name,
        count(*) as line_count,
        max(load_id) as load_id

    from lines

    group by store_id, product_id, case when unit_price > 0 then product_name end

),

-- of several names the most frequent counts
ranked as (

    select
        store_id,
        product_id,
        product_name,
        max(load_id) over (partition by store_id, product_id) as load_id,
        row_number() over (
            partition by store_id, product_id
            order by case when product_name is null then 1 else 0 end asc, line_count desc, product_name asc
        ) as row_number_most_frequent_first

    from counted

),

renamed as (

    select
        -- keys
        store_id,
        product_id,

        -- properties
        product_name,
        cast(null as {{ dbt.type_string() }}) as category,
        cast(null as {{ dbt.type_string() }}) as brand,

        -- measures
        cast(null as numeric(18, 4)) as price,
        cast(null as numeric(18, 4)) as cost,
        cast(null as integer) as stock_quantity,

        -- the delivery
        load_id

    from ranked

    where row_number_most_frequent_first = 1

)

select * from renamed
