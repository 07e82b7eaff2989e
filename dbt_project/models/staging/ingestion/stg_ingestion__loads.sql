select
    -- keys
    load_id,

    -- properties
    source_name,
    table_name,
    file_name,

    -- times
    loaded_at,

    -- measures
    rows_read as read_row_count,
    rows_loaded as loaded_row_count,
    rows_rejected as rejected_row_count,
    duplicate_rows as duplicate_row_count,
    rows_inserted as inserted_row_count,
    rows_updated as updated_row_count,
    rows_closed as closed_row_count,
    replaced_by_load_id

from {{ source('ingestion', 'loads') }}
