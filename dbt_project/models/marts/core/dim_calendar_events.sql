with

events as (

    select * from {{ ref('calendar_events') }}

),

days as (

    select
        date_day,
        cast(date_day as {{ dbt.type_string() }}) as written_as

    from {{ ref('int_days_spined') }}

),

-- text that is no day is left out here and named by the tests of the seed
final as (

    select
        trim(events.store_id) as store_id,
        trim(events.event_name) as event_name,
        lower(trim(events.event_kind)) as event_kind,
        first_days.date_day as starts_on,
        last_days.date_day as ends_on,
        coalesce(trim(events.category), '') as category,
        coalesce(trim(events.product_id), '') as product_id,
        events.discount_pct

    from events

    inner join days as first_days
        on trim(events.starts_on) = first_days.written_as

    left join days as last_days
        on trim(events.ends_on) = last_days.written_as

)

select * from final
