select
    -- keys
    load_id,
    line_number,

    -- properties
    source_name,
    table_name,
    file_name,
    column_name,
    reason,
    raw_text

from {{ source('ingestion', 'rejected_rows') }}
