"""The schema of a source: its raw tables, the ledger of its loads and its rejected rows, as the YAML declares them."""

from __future__ import annotations

import psycopg
from psycopg import sql

from ingestion.sources import LEDGER, REJECTED, SYSTEM_COLUMNS, Source, Table
from warehouse import DataError, Warehouse

# PostgreSQL's own names of declared types that it spells otherwise
SPELLED_OUT = {"timestamptz": "timestamp with time zone"}

LEDGER_TABLES = """
create table if not exists {ledger} (
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
    seconds numeric(12, 3) not null,
    loaded_at timestamptz not null default now(),
    replaced_by_load_id bigint,
    check (rows_read = rows_loaded + rows_rejected + duplicate_rows),
    check (rows_inserted + rows_updated <= rows_loaded)
);
create unique index if not exists {once} on {ledger} (table_name, file_hash) where replaced_by_load_id is null;
create table if not exists {rejected} (
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
    """Make the schema of a source and its tables where they are missing; add columns that the YAML has gained.

    Raises DataError when a table that stands has another type or key than the YAML declares: what it holds would
    have to be read anew. A column that the YAML has lost stays, and is filled no more.
    """
    with warehouse.connect() as connection:
        lock_source(connection, source)
        connection.execute("set local client_min_messages = warning")
        connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(source.schema)))
        connection.execute(
            sql.SQL(LEDGER_TABLES).format(
                ledger=identifier(source, LEDGER),
                rejected=identifier(source, REJECTED),
                once=sql.Identifier(f"{LEDGER}_table_name_file_hash_key"),
            )
        )
        for table in source.tables:
            stored = stored_types(connection, source, table)
            if not stored:
                connection.execute(_create_table(source, table))
            else:
                _extend_table(connection, source, table, stored)
            # by the delivery, because a build asks for what came since the last
            for columns in (("_load_id",), *table.indexes):
                connection.execute(
                    sql.SQL("create index if not exists {} on {} ({})").format(
                        sql.Identifier(f"{table.name}_{'_'.join(columns)}_idx"),
                        identifier(source, table.name),
                        identifiers(columns),
                    )
                )


def lock_source(connection: psycopg.Connection, source: Source) -> None:
    """Wait until no other transaction writes this source; the lock ends with the transaction."""
    connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"ingestion {source.name}",))


def identifier(source: Source, table_name: str) -> sql.Identifier:
    """The quoted name of a table of a source."""
    return sql.Identifier(source.schema, table_name)


def identifiers(names: tuple[str, ...] | list[str]) -> sql.Composed:
    """Quoted column names, separated by commas."""
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _declared_types(table: Table) -> dict[str, str]:
    return {**SYSTEM_COLUMNS, **{column.raw_name: column.data_type for column in table.columns}}


def _create_table(source: Source, table: Table) -> sql.Composed:
    defaults = {"_loaded_at": "default now()"}
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(f"{data_type} {defaults.get(name, '')}"))
        for name, data_type in _declared_types(table).items()
    ]
    return sql.SQL("create table {} ({}, primary key ({}))").format(
        identifier(source, table.name), sql.SQL(", ").join(columns), identifiers(table.primary_key)
    )


def _extend_table(connection: psycopg.Connection, source: Source, table: Table, stored: dict[str, str]) -> None:
    place = f"{source.schema}.{table.name}"
    remedy = "rename or drop that table, and load its files again"
    for name, data_type in _declared_types(table).items():
        declared = SPELLED_OUT.get(data_type, data_type)
        if name not in stored:
            statement = sql.SQL("alter table {} add column {} {}")
            connection.execute(
                statement.format(identifier(source, table.name), sql.Identifier(name), sql.SQL(data_type))
            )
        elif stored[name] != declared:
            raise DataError(f"{place}: the column {name} is {stored[name]}, the YAML declares {declared}; {remedy}")
    key = _stored_key(connection, source, table)
    if key != table.primary_key:
        stands, declared = ", ".join(key), ", ".join(table.primary_key)
        raise DataError(f"{place}: the key is ({stands}), the YAML declares ({declared}); {remedy}")


def stored_types(connection: psycopg.Connection, source: Source, table: Table) -> dict[str, str]:
    rows = connection.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute "
        "where attrelid = to_regclass(format('%%I.%%I', %s::text, %s::text)) and attnum > 0 and not attisdropped",
        (source.schema, table.name),
    )
    return dict(rows.fetchall())


def _stored_key(connection: psycopg.Connection, source: Source, table: Table) -> tuple[str, ...]:
    rows = connection.execute(
        "select attname from pg_index, unnest(indkey) with ordinality as part (attnum, place) "
        "join pg_attribute using (attnum) where indisprimary and attrelid = indrelid "
        "and indrelid = to_regclass(format('%%I.%%I', %s::text, %s::text)) order by place",
        (source.schema, table.name),
    )
    return tuple(name for (name,) in rows)
