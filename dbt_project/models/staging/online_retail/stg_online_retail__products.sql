{{ config(enabled='online_retail' in var('sources')) }}

with

-- codes that differ only in letter case are one product; lines without a price are notes about the stock, not names
counted as (

    select
        upper(trim(stockcode)) as product_id,
        case when unitprice > 0 then nullif(trim(description), '') end as product_name,
        count(*) as line_count,
        max(_load_id) as load_id

    from {{ source('online_retail', 'online_retail') }}

    where {{ is_current('_load_id', '_replaced_by_load_id') }}

    group by upper(trim(stockcode)), case when unitprice > 0 then nullif(trim(description), '') end

),

-- of several names the most frequent counts
ranked as (

    select
        product_id,
        product_name,
        max(load_id) over (partition by product_id) as load_id,
        row_number() over (
            partition by product_id
            order by case when product_name is null then 1 else 0 end asc, line_count desc, product_name asc
        ) as row_number_most_frequent_first

    from counted

)

select
    -- keys
    'online_retail' as store_id,
    product_id,

    -- properties
    product_name,
    cast(null as {{ dbt.type_string() }}) as category,
    cast(null as {{ dbt.type_string() }}) as brand,

    -- measures
    cast(null as numeric(15, 4)) as price,
    cast(null as numeric(15, 4)) as cost,
    cast(null as numeric(15, 4)) as stock_quantity,

    -- versions
    load_id,
    cast(null as bigint) as replaced_by_load_id

from ranked

where row_number_most_frequent_first = 1
