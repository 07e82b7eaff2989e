"""The tables that the loader writes: raw tables as the YAML declares them, the ledger of loads, the rejected rows.

Raw tables keep versions: a row is current while ``_replaced_by_load_id`` is null, and nothing but that column is ever
changed. Loads of all sources have their numbers from one ledger, in the order in which they commit.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from ingestion.sources import SYSTEM_COLUMNS, Source, Table
from warehouse import DataError, Warehouse

LOADS, REJECTED_ROWS = "raw_ingestion.loads", "raw_ingestion.rejected_rows"
CURRENT = sql.SQL("_replaced_by_load_id is null")
PRIMARY_KEY = ("_load_id", "_line")
# PostgreSQL's own names of declared types that it spells otherwise
SPELLED_OUT = {"timestamptz": "timestamp with time zone"}

LEDGER_TABLES = f"""
create schema if not exists raw_ingestion;
create table if not exists {LOADS} (
    source_name text not null,
    load_id bigint primary key,
    table_name text not null,
    file_name text not null,
    file_hash text not null,
    rows_read bigint not null,
    rows_loaded bigint not null,
    rows_rejected bigint not null,
    duplicate_rows bigint not null,
    rows_inserted bigint not null,
    rows_updated bigint not null,
    rows_closed bigint not null,
    seconds numeric(12, 3) not null,
    loaded_at timestamptz not null default now(),
    replaced_by_load_id bigint,
    check (rows_read = rows_loaded + rows_rejected + duplicate_rows),
    check (rows_inserted + rows_updated <= rows_loaded)
);
create unique index if not exists loads_source_name_table_name_file_hash_key
    on {LOADS} (source_name, table_name, file_hash) where replaced_by_load_id is null;
create table if not exists {REJECTED_ROWS} (
    source_name text not null,
    load_id bigint not null,
    line_number bigint not null,
    table_name text not null,
    file_name text not null,
    column_name text,
    reason text not null,
    raw_text text not null,
    primary key (load_id, line_number)
)
"""


def create(warehouse: Warehouse, source: Source) -> None:
    """Create the ledger, the schema of a source and its tables where they are missing; add columns new in the YAML.

    Raises DataError when an existing table was made by an earlier version, or has another type or key than the YAML
    declares: its files would have to be read again. A column that the YAML has lost stays, and is null in new rows.
    """
    with warehouse.connect() as connection:
        lock_loads(connection)
        connection.execute("set local client_min_messages = warning")
        connection.execute(LEDGER_TABLES)
        connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(source.schema)))
        for table in source.tables:
            stored = stored_types(connection, source, table)
            if stored:
                _extend_table(connection, source, table, stored)
            else:
                _create_table(connection, source, table)
            for columns in table.indexes:
                connection.execute(
                    sql.SQL("create index if not exists {} on {} ({})").format(
                        sql.Identifier(f"{table.name}_{'_'.join(columns)}_idx"),
                        identifier(source, table.name),
                        key_of(table, columns),
                    )
                )


def lock_loads(connection: psycopg.Connection) -> None:
    """Wait until no other transaction writes raw tables of any source; the lock ends with the transaction."""
    connection.execute("select pg_advisory_xact_lock(hashtextextended('ingestion', 0))")


def identifier(source: Source, table_name: str) -> sql.Identifier:
    """The quoted name of a table of a source."""
    return sql.Identifier(source.schema, table_name)


def identifiers(names: tuple[str, ...] | list[str]) -> sql.Composed:
    """Quoted column names, separated by commas."""
    return sql.SQL(", ").join(map(sql.Identifier, names))


def key_of(table: Table, columns: tuple[str, ...], alias: str = "") -> sql.Composed:
    """What the columns of a key are compared by: texts without surrounding blanks, other values as they are."""
    parts = []
    for name in columns:
        column = sql.Identifier(alias, name) if alias else sql.Identifier(name)
        parts.append(sql.SQL("trim({})").format(column) if table.is_text(name) else column)
    return sql.SQL(", ").join(parts)


def key_index(table: Table) -> str:
    """The name of the unique index that ``row_key`` of a table relies on."""
    return f"{table.name}_current_key" if table.key else f"{table.name}_pkey"


def stored_types(connection: psycopg.Connection, source: Source, table: Table) -> dict[str, str]:
    """The types of the columns of the existing raw table; empty when there is none."""
    rows = connection.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute "
        "where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped",
        (identifier(source, table.name).as_string(),),
    )
    return dict(rows.fetchall())


def _create_table(connection: psycopg.Connection, source: Source, table: Table) -> None:
    declared = {**SYSTEM_COLUMNS, **{column.raw_name: column.data_type for column in table.columns}}
    columns = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(text)) for name, text in declared.items()]
    connection.execute(
        sql.SQL("create table {} ({}, primary key ({}))").format(
            identifier(source, table.name), sql.SQL(", ").join(columns), identifiers(PRIMARY_KEY)
        )
    )
    connection.execute(
        sql.SQL("create index {} on {} (_replaced_by_load_id) where _replaced_by_load_id is not null").format(
            sql.Identifier(f"{table.name}_replaced_by_load_id_idx"), identifier(source, table.name)
        )
    )
    if table.key:
        connection.execute(
            sql.SQL("create unique index {} on {} ({}) where {}").format(
                sql.Identifier(key_index(table)), identifier(source, table.name), key_of(table, table.key), CURRENT
            )
        )
    # the planner reads no statistics off a partial index, and would scan the table for a small delivery
    for name in filter(table.is_text, table.key):
        connection.execute(
            sql.SQL("create statistics {} on (trim({})) from {}").format(
                sql.Identifier(source.schema, f"{table.name}_{name}_trimmed"),
                sql.Identifier(name),
                identifier(source, table.name),
            )
        )
    # a table that was dropped holds nothing of its earlier loads: their files may be loaded again
    connection.execute(
        f"update {LOADS} set replaced_by_load_id = load_id "
        "where source_name = %s and table_name = %s and replaced_by_load_id is null",
        (source.name, table.name),
    )


def _extend_table(connection: psycopg.Connection, source: Source, table: Table, stored: dict[str, str]) -> None:
    place = f"{source.schema}.{table.name}"
    primary_key = _columns_of_index(connection, source, table, name=None)
    if "_replaced_by_load_id" not in stored or primary_key != set(PRIMARY_KEY):
        raise DataError(
            f"{place} was made by an earlier version of Tidemart, which kept no versions of rows; "
            f"`drop schema {source.schema} cascade`, and load the files again"
        )
    remedy = "drop that table, and load its files again"
    for column in table.columns:
        name, declared = column.raw_name, SPELLED_OUT.get(column.data_type, column.data_type)
        if name not in stored:
            statement = sql.SQL("alter table {} add column {} {}")
            connection.execute(
                statement.format(identifier(source, table.name), sql.Identifier(name), sql.SQL(column.data_type))
            )
        elif stored[name] != declared:
            raise DataError(f"{place}: the column {name} is {stored[name]}, the YAML declares {declared}; {remedy}")
    key = _columns_of_index(connection, source, table, name=f"{table.name}_current_key")
    if key != set(table.key):
        stands, declared = (", ".join(sorted(names)) or "none" for names in (key, table.key))
        raise DataError(f"{place}: the key is ({stands}), the YAML declares ({declared}); {remedy}")


def _columns_of_index(connection: psycopg.Connection, source: Source, table: Table, name: str | None) -> set[str]:
    """The columns that the keys of an index are made of, of the primary key without a name; empty without an index."""
    rows = connection.execute(
        "select attname from pg_index inner join pg_class on indexrelid = pg_class.oid "
        "inner join pg_attribute on indrelid = attrelid "
        "where indrelid = to_regclass(%s) and coalesce(relname = %s, indisprimary) "
        "and attname <> '_replaced_by_load_id' and (attnum = any(indkey) or attnum in ("
        "select refobjsubid from pg_depend where classid = 'pg_class'::regclass and objid = indexrelid "
        "and refobjid = indrelid))",  # columns within an expression
        (identifier(source, table.name).as_string(), name),
    )
    return {name for (name,) in rows}
