with

recorded as (

    select * from {{ ref('snap_products') }}

),

products as (

    select * from {{ ref('int_products_unioned') }}

),

recorded_products as (

    select distinct
        store_id,
        product_id

    from recorded

),

versions as (

    select
        store_id,
        product_id,
        product_name,
        category,
        brand,
        price,
        cost,
        load_id,
        counts_from_date,
        row_number() over (partition by store_id, product_id order by dbt_valid_from) as version_number

    from recorded

    union all

    -- a warehouse that begins with a rebuilt past day has recorded nothing yet
    select
        products.store_id,
        products.product_id,
        products.product_name,
        products.category,
        products.brand,
        products.price,
        products.cost,
        products.load_id,
        cast('1995-01-01' as date) as counts_from_date,
        1 as version_number

    from products

    left join recorded_products
        on
            products.store_id = recorded_products.store_id
            and products.product_id = recorded_products.product_id

    where recorded_products.product_id is null

),

-- a later delivery that counts from the same day or an earlier one leaves a version no day to hold for
overridden as (

    select
        *,
        min(counts_from_date) over (
            partition by store_id, product_id
            order by version_number
            rows between 1 following and unbounded following
        ) as overridden_from_date

    from versions

),

kept as (

    select
        *,
        min(version_number) over (partition by store_id, product_id) as first_version_number

    from overridden

    where coalesce(counts_from_date < overridden_from_date, true)

),

-- nobody knows what held before the first delivery; what it said is the best guess
started as (

    select
        *,
        case
            when version_number = first_version_number then cast('1995-01-01' as date)
            else counts_from_date
        end as valid_from_date

    from kept

),

ended as (

    select
        *,
        lead(valid_from_date) over (partition by store_id, product_id order by valid_from_date) as next_from_date

    from started

    where {{ is_known('valid_from_date') }}

),

dated as (

    select
        store_id,
        product_id,
        valid_from_date,
        coalesce(
            cast({{ dbt.dateadd('day', -1, 'next_from_date') }} as date), cast('9999-12-31' as date)
        ) as valid_to_date,
        next_from_date is null as is_current,
        product_name,
        category,
        brand,
        price,
        cost,
        load_id

    from ended

)

select * from dated
