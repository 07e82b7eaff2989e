with

source as (

    {{ union_ledgers('rejected_rows', columns=[
        'load_id',
        'line_number',
        'table_name',
        'file_name',
        'column_name',
        'reason',
        'raw_text'
    ]) | indent }}

),

renamed as (

    select
        -- keys
        source_name,
        load_id,
        line_number,

        -- properties
        table_name,
        file_name,
        column_name,
        reason,
        raw_text

    from source

)

select * from renamed
