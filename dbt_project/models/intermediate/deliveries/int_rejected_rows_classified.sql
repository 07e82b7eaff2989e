with

rejected_rows as (

    select * from {{ ref('stg_ingestion__rejected_rows') }}

),

loads as (

    select * from {{ ref('stg_ingestion__loads') }}

),

-- the loader says what is wrong in words, with the value in front
classified as (

    select
        rejected_rows.source_name,
        rejected_rows.load_id,
        rejected_rows.line_number,
        rejected_rows.table_name,
        rejected_rows.file_name,
        rejected_rows.column_name,
        case
            when rejected_rows.reason like 'line % has the same key and is kept:%' then 'conflicting_key'
            when rejected_rows.reason like '%where a value is required' then 'missing_value'
            when
                rejected_rows.reason like 'too few fields:%'
                or rejected_rows.reason like 'too many fields:%'
                or rejected_rows.reason like 'a quote%'
                or rejected_rows.reason like 'a carriage return%'
                then 'broken_row'
            else 'unreadable_value'
        end as issue_kind

    from rejected_rows

    inner join loads
        on
            rejected_rows.source_name = loads.source_name
            and rejected_rows.load_id = loads.load_id

    -- what a file held that came again with other content is no longer at fault
    where loads.replaced_by_load_id is null

)

select * from classified
