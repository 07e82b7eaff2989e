"""How fast the loader is beside a bare COPY of the same file into the same table, and how much memory it takes.

    python -m benchmarks.load_speed [--rows 1000000] [--repeats 3] [--broken-share 0.0]

One table with a key and one without, each in a database made for the
occasion. Loader and COPY take turns; the medians are shown. The loader's time is all of it: reading the file for its
hash, checking, numbering, copying, ledger and commit.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
from psycopg import sql

from ingestion import Column, Source, Table, create, load, read_source
from warehouse import Settings, Warehouse, run_command

TABLES = (("shop", "order_items"), ("online_retail", "online_retail"))
BLOCK_BYTES = 1 << 18
SEED = 42
NAME = "tidemart_load_speed"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--broken-share", type=float, default=0.0, help="share of rows cut short (0 to 1)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, scratch_database(Warehouse.open().settings, NAME) as warehouse:
        print(f"{'table':<14} {'rows':>9} {'bare COPY/s':>12} {'loader/s':>10} {'ratio':>6}  rejected")
        for source_name, table_name in TABLES:
            source = read_source(source_name)
            create(warehouse, source)
            table = next(table for table in source.tables if table.name == table_name)
            good, broken = write_files(Path(folder), table, arguments.rows, arguments.broken_share)
            bare, loaded, rejected = [], [], 0
            for _ in range(arguments.repeats):
                bare.append(seconds_of_copy(warehouse, source, table, good))
                empty(warehouse, source, table)
                started = time.perf_counter()
                (report,) = load(warehouse, source_name, [broken])
                loaded.append(time.perf_counter() - started)
                rejected = report.rows_rejected
            copying, loading = (arguments.rows / statistics.median(times) for times in (bare, loaded))
            kind = "keyed" if table.key else "keyless"
            rates = f"{copying:>12,.0f} {loading:>10,.0f} {loading / copying:>6.2f}"
            print(f"{kind:<14} {arguments.rows:>9,} {rates}  {rejected:,}")
    print(f"peak memory of the loading process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


@contextmanager
def scratch_database(server: Settings, name: str, template: str = "template0") -> Iterator[Warehouse]:
    """A database of the same server that is gone afterwards."""
    with psycopg.connect(**server.connect_arguments, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name} with (force)")
        connection.execute(f"create database {name} template {template}")
        try:
            yield Warehouse(replace(server, database=name))
        finally:
            connection.execute(f"drop database {name} with (force)")


def write_files(folder: Path, table: Table, row_count: int, broken_share: float) -> tuple[Path, Path]:
    """A file of made-up rows of the declared types, and the same with a share of rows cut short."""
    draw = random.Random(SEED)
    good, broken = folder / f"good_{table.file}", folder / table.file
    header = ",".join(column.name for column in table.columns) + "\n"
    with good.open("w") as whole, broken.open("w") as damaged:
        whole.write(header)
        damaged.write(header)
        for number in range(row_count):
            row = ",".join(value(column, table, number, draw) for column in table.columns)
            whole.write(row + "\n")
            damaged.write((row.rpartition(",")[0] if draw.random() < broken_share else row) + "\n")
    return good, broken


def value(column: Column, table: Table, number: int, draw: random.Random) -> str:
    """A value of a column; the last column of the key counts the rows, the others of it do not change."""
    if column.is_key:
        return str(number) if column.raw_name == table.key[-1] else "harbour"
    if column.data_type == "text":
        return f"P{draw.randrange(100_000):05}"
    if column.data_type == "timestamptz":
        time_of_day = f"{draw.randrange(24):02}:{draw.randrange(60):02}:{draw.randrange(60):02}"
        offset = "" if table.time_zone else "Z"
        return f"2024-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02} {time_of_day}{offset}"
    if column.data_type.startswith("numeric"):
        return f"{draw.randrange(500)}.{draw.randrange(100):02}"
    return str(draw.randrange(1, 10))


def seconds_of_copy(warehouse: Warehouse, source: Source, table: Table, path: Path) -> float:
    """Copy a file as it is into a table like the raw one: the same columns, key and index."""
    columns = sql.SQL(", ").join(sql.Identifier(column.raw_name) for column in table.columns)
    with warehouse.connect() as connection:
        connection.execute("drop table if exists bare")
        connection.execute(
            sql.SQL("create table bare (like {} including all)").format(sql.Identifier(source.schema, table.name))
        )
        connection.execute("alter table bare alter _load_id set default 1")
        connection.execute("alter table bare alter _line add generated by default as identity")
        connection.execute("set timezone to utc")
    started = time.perf_counter()
    with warehouse.connect() as connection, connection.cursor() as cursor, path.open("rb") as file:
        statement = sql.SQL("copy bare ({}) from stdin (format csv, header)").format(columns)
        with cursor.copy(statement) as copy:
            while block := file.read(BLOCK_BYTES):
                copy.write(block)
        connection.commit()
        return time.perf_counter() - started


def empty(warehouse: Warehouse, source: Source, table: Table) -> None:
    """Make the source as it was before its first load."""
    with warehouse.connect() as connection:
        connection.execute(sql.SQL("truncate {}").format(sql.Identifier(source.schema, table.name)))
        connection.execute("truncate raw_ingestion.loads, raw_ingestion.rejected_rows")


if __name__ == "__main__":
    sys.exit(run_command(main))
