{{ config(materialized='table') }}

with

-- issues of a replaced file no longer count
loads as (

    select * from {{ ref('stg_ingestion__loads') }}

    where replaced_by_load_id is null

),

-- the store of a row that cannot be read is unknown, unless its source has one store only
owners as (

    select
        source_name,
        min(store_id) as store_id

    from {{ ref('stores') }}

    group by source_name

    having count(*) = 1

),

tables as (

    select
        source_name,
        table_name,
        sum(read_row_count) as table_row_count,
        sum(duplicate_row_count) as duplicate_row_count,
        min(case when duplicate_row_count > 0 then file_name end) as first_file_name,
        max(case when duplicate_row_count > 0 then file_name end) as last_file_name

    from loads

    group by source_name, table_name

),

-- the loader gives the reason as a sentence that begins with the value
rejected_rows as (

    select
        rejected.source_name,
        rejected.table_name,
        coalesce(rejected.column_name, '(row)') as column_name,
        case
            when rejected.reason like 'line % has the same key and is kept:%' then 'conflicting_key'
            when rejected.reason like '%where a value is required' then 'missing_value'
            when
                rejected.reason like 'too few fields:%'
                or rejected.reason like 'too many fields:%'
                or rejected.reason like 'a quote%'
                or rejected.reason like 'a carriage return%'
                then 'broken_row'
            else 'unreadable_value'
        end as issue_kind,
        rejected.file_name || ' line ' || cast(rejected.line_number as {{ dbt.type_string() }}) as row_key

    from {{ ref('stg_ingestion__rejected_rows') }} as rejected

    inner join loads
        on rejected.load_id = loads.load_id

),

issues as (

    select
        source_name,
        table_name,
        '(row)' as column_name,
        'duplicate_row' as issue_kind,
        'dropped' as outcome,
        duplicate_row_count as row_count,
        first_file_name as first_key,
        last_file_name as last_key

    from tables

    union all

    select
        source_name,
        table_name,
        column_name,
        issue_kind,
        'rejected' as outcome,
        count(*) as row_count,
        min(row_key) as first_key,
        max(row_key) as last_key

    from rejected_rows

    group by source_name, table_name, column_name, issue_kind

)

select
    coalesce(owners.store_id, 'unknown') as store_id,
    issues.source_name,
    issues.table_name,
    issues.column_name,
    issues.issue_kind,
    issues.outcome,
    issues.row_count,
    tables.table_row_count,
    issues.first_key,
    issues.last_key

from issues

inner join tables
    on
        issues.source_name = tables.source_name
        and issues.table_name = tables.table_name

left join owners
    on issues.source_name = owners.source_name
