"""Tables of PostgreSQL, copied into a DuckDB file with their types: what the same models are built from there."""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse import Warehouse

COLUMNS = """
select
    nspname,
    relname,
    string_agg(quote_ident(attname) || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum)
from pg_attribute
join pg_class on pg_class.oid = attrelid
join pg_namespace on pg_namespace.oid = relnamespace
where relkind in ('r', 'v') and attnum > 0 and not attisdropped and nspname = any(%s)
group by nspname, relname
"""
# what PostgreSQL writes; a quoted \N is a text
CSV = r"""(
    format csv, header false, auto_detect false, delim ',', quote '"', escape '"',
    nullstr '\N', allow_quoted_nulls false
)"""


def copy_tables(warehouse: Warehouse, path: Path, schemas: dict[str, str]) -> None:
    """Copy the tables and views of these schemas, with their types, into schemas of a DuckDB file."""
    csv = path.with_suffix(".csv")
    with warehouse.connect() as postgres, duckdb.connect(path) as duck:
        for schema, table, columns in postgres.execute(COLUMNS, (list(schemas),)).fetchall():
            with (
                csv.open("wb") as file,
                postgres.cursor().copy(rf"copy (table {schema}.{table}) to stdout (format csv, null '\N')") as blocks,
            ):
                file.writelines(blocks)
            duck.execute(f"create schema if not exists {schemas[schema]}")
            columns = columns.replace(" jsonb", " json")  # PostgreSQL's own word
            duck.execute(f"create table {schemas[schema]}.{table} ({columns})")
            duck.execute(f"copy {schemas[schema]}.{table} from '{csv}' {CSV}")
    csv.unlink()
