"""A shop that goes on, with the loader and dbt's increments beside it: is anything lost, is anything doubled?

    python -m benchmarks.live_feed [--minutes 10] [--every 2s] [--orders 20]

The feed delivers in a process of its own; loading and building take turns until it stops, and once more after it. Then
the raw tables are compared with the delivered files, key by key, and the marts with a full refresh, by checksum.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.load_speed import scratch_database
from benchmarks.meters import run_program
from ingestion import create, list_sources, read_source
from seeds_generator import TABLES, Parameters, find_store, write
from warehouse import Warehouse, run_command

NAME = "tidemart_live_feed"
BIN = Path(sys.executable).parent
NO_TESTS = ("--exclude", "source:ml+", "resource_type:unit_test", "resource_type:test")
SCHEMAS = "('intermediate', 'marts')"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--every", default="2s")
    parser.add_argument("--orders", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, scratch_database(Warehouse.open().settings, NAME) as warehouse:
        landing, target = Path(folder) / "shop", Path(folder) / "target"
        # long enough ago that the feed does not come to the present
        size = {"customers": 1_000, "products": 200, "orders": 10_000, "years": 2, "until": date(2023, 12, 31)}
        write(Parameters(store=find_store("harbour"), **size), landing)
        warehouse.create_ml_schema()
        for name in list_sources():
            create(warehouse, read_source(name))

        def turn(*options: str) -> None:
            run_program(warehouse.settings, [sys.executable, "-m", "ingestion", "load", "shop", landing])
            run_program(
                warehouse.settings, [BIN / "dbt", "--quiet", "build", *options, "--target-path", target, *NO_TESTS]
            )

        turn()
        feed = subprocess.Popen(
            [
                *(sys.executable, "-m", "seeds_generator", "live", "--every", arguments.every, "--orders"),
                *(str(arguments.orders), "--for", f"{arguments.minutes}m", "--late-rate", "0.1", "--out", str(landing)),
            ],
            stdout=subprocess.DEVNULL,
        )
        started, turns = time.monotonic(), 0
        while feed.poll() is None:
            turn()
            turns += 1
            print(f"{time.monotonic() - started:6.0f} s: {turns} turns of loading and building", flush=True)
        turn()
        deliveries = len(list(landing.glob("*-*/.live.json")))
        print(f"{deliveries} deliveries, {turns + 1} turns; the feed ended with code {feed.returncode}")
        wrong = [line for table in TABLES for line in compare(warehouse, landing, table)]
        followed = checksums(warehouse)
        turn("--full-refresh")
        anew = checksums(warehouse)
        wrong += [f"{name} differs from a full refresh" for name in anew if anew[name] != followed.get(name)]
        for line in wrong:
            print(line)
        print(f"{len(anew)} tables compared with a full refresh: {'all equal' if not wrong else 'WRONG'}")
    return int(bool(wrong) or feed.returncode != 0)


def compare(warehouse: Warehouse, landing: Path, table: str) -> list[str]:
    """What differs between the delivered files of a table and its raw table."""
    delivered: dict[str, tuple[str, ...]] = {}
    paths = [path for path in landing.rglob(f"{table}[._]*csv") if path.parent.name != "truth"]
    rows = 0
    for path in sorted(paths, key=lambda path: path.stem.removeprefix(table)):
        with path.open(newline="", encoding="utf-8") as lines:
            reader = csv.reader(lines)
            header = next(reader)
            for row in reader:
                delivered[row[1]] = tuple(row)
                rows += 1
    key, last = header[1], {"orders": "status", "products": "stock_quantity"}.get(table, header[1])
    found = warehouse.read(f"select {key} as key, {last} as last from raw_shop.{table}")
    wrong = set(zip(found["key"], found["last"].astype(str), strict=True)) ^ {
        (row[1], row[header.index(last)]) for row in delivered.values()
    }
    print(
        f"{table}: {len(paths)} files, {rows:,} rows of {len(delivered):,} keys delivered, {len(found):,} rows loaded"
    )
    return (
        [f"{table}: {len(wrong)} keys are lost, doubled or not up to date"]
        if wrong or len(found) != len(delivered)
        else []
    )


def checksums(warehouse: Warehouse) -> dict[str, str]:
    """Of each table of the marts and below, by name."""
    names = warehouse.read(
        "select format('%I.%I', table_schema, table_name) as name from information_schema.tables "
        f"where table_schema in {SCHEMAS} and table_type = 'BASE TABLE'"
    )["name"]
    query = "select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum from {} as t"
    return {name: warehouse.read(query.format(name))["sum"].iloc[0] for name in names}


if __name__ == "__main__":
    sys.exit(run_command(main))
