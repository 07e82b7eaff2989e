with

source as (

    {{ union_ledgers('loads', columns=[
        'load_id',
        'table_name',
        'file_name',
        'rows_read',
        'rows_loaded',
        'rows_rejected',
        'duplicate_rows',
        'rows_inserted',
        'rows_updated',
        'loaded_at',
        'replaced_by_load_id'
    ]) | indent }}

),

renamed as (

    select
        -- keys
        source_name,
        load_id,

        -- properties
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
        replaced_by_load_id

    from source

)

select * from renamed
