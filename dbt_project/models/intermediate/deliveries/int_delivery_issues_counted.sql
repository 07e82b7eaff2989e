with

loads as (

    select * from {{ ref('stg_ingestion__loads') }}

    -- what a file held that came again with other content is no longer at fault
    where replaced_by_load_id is null

),

rejected_rows as (

    select * from {{ ref('int_rejected_rows_classified') }}

),

stores as (

    select * from {{ ref('stores') }}

),

-- nobody can say of which store a row is that cannot be read, unless the source has only one
owners as (

    select
        source_name,
        min(store_id) as store_id

    from stores

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
        coalesce(column_name, '(row)') as column_name,
        issue_kind,
        'rejected' as outcome,
        count(*) as row_count,
        min(file_name || ' line ' || cast(line_number as {{ dbt.type_string() }})) as first_key,
        max(file_name || ' line ' || cast(line_number as {{ dbt.type_string() }})) as last_key

    from rejected_rows

    group by source_name, table_name, column_name, issue_kind

),

counted as (

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

)

select * from counted
