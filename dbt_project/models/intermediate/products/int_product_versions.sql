{{ config(materialized='table') }}

{% set attributes = ['product_name', 'category', 'brand', 'price', 'cost'] %}

with

loads as (

    select * from {{ ref('int_store_loads') }}

),

-- a load that came after the last order of a day counts from the day after: that day keeps what it began with
delivered as (

    select
        versions.*,
        coalesce(
            cast({{ dbt.dateadd('day', 1, 'loads.last_order_date_before') }} as date), cast('1995-01-01' as date)
        ) as counts_from_date
        {%- for attribute in attributes %},
        lag(versions.{{ attribute }}) over by_load as previous_{{ attribute }}
        {%- endfor %},
        row_number() over by_load as version_number

    from (
        {{ union_sources('products', ['store_id', 'product_id', 'load_id'] + attributes, versions='all') }}
    ) as versions

    inner join loads
        on
            versions.store_id = loads.store_id
            and versions.load_id = loads.load_id

    window by_load as (partition by versions.store_id, versions.product_id order by versions.load_id)

),

-- a version that counts from the same day as a later one, or from a later day, holds on no day
overridden as (

    select
        *,
        min(counts_from_date) over (
            partition by store_id, product_id
            order by version_number
            rows between 1 following and unbounded following
        ) as overridden_from_date

    from delivered

    -- neither another stock nor another load makes a version
    where
        version_number = 1
        {%- for attribute in attributes %}
        or {{ attribute }} is distinct from previous_{{ attribute }}
        {%- endfor %}

),

-- what held before the first delivery is not known: its values are the best guess
started as (

    select
        *,
        case
            when version_number = min(version_number) over (partition by store_id, product_id)
                then cast('1995-01-01' as date)
            else counts_from_date
        end as valid_from_date

    from overridden

    where coalesce(counts_from_date < overridden_from_date, true)

),

ended as (

    select
        *,
        lead(valid_from_date) over (partition by store_id, product_id order by valid_from_date) as next_from_date

    from started

    where {{ is_known('valid_from_date') }}

)

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
