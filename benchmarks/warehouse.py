"""How the warehouse grows: a build, a day's increment and the analysts' queries, at one size of shop after the other.

    python -m benchmarks.warehouse [--lines 100000 1000000 10000000] [--years 3] [--threads 2] [--write]

A shop of each size is made and loaded into a database made for the occasion, all but its last day. What is measured:

- The full build: `dbt build` without the tests, that is models, seeds and snapshots; then all data tests (unit tests
  bring their own rows, so no size touches them). *Database time* is what the server spent on statements, those of two
  sessions at once added up (``meters.database_seconds``).
- The same SQL by hand: the very statements that dbt ran, in the same order, in one session of a second database with
  the same raw tables; indexes and statistics included, comments, renames and dbt's questions to the catalogue not.
- The full build on DuckDB: the same raw tables in a file, the same models, one thread of dbt and all cores of DuckDB.
- A day's increment: the last day is delivered with 20 late and 20 changed orders of the 7 days before, and the same
  `dbt build` brings the tables up to date. Between a build and the next delivery lies a day in which the server vacuums
  what was built; here that is done at once and timed by itself, or the increment would be timed beside it.
- A build without news: the same command once more. What it takes, a day's increment takes as well, whatever the size
  of the delivery: dbt's statements for each model, and the tables that are rebuilt every time.
- Twelve questions of analysts, 20 times each, one after the other, in one session.
- The memory of the server and all programs together, from making the shop to the last query.

Needs Linux, the server on the same machine, and for 10 million lines some 40 GB of disk. `--write` keeps the figures in
docs/benchmarks.md. A figure above its bound is marked with (!).
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import psycopg

from benchmarks import figures
from benchmarks.analyst_queries import query_milliseconds
from benchmarks.by_hand import build_by_hand, nodes_built
from benchmarks.deliveries import hold_back_a_day, rows_of
from benchmarks.duckdb_copy import copy_tables
from benchmarks.figures import Measured
from benchmarks.load_speed import scratch_database
from benchmarks.meters import MemoryWatch, database_seconds, run_program
from ingestion import create, list_sources, read_source
from seeds_generator import Parameters
from warehouse import REPOSITORY, Settings, Warehouse, run_command

NAME, BY_HAND = "tidemart_growth", "tidemart_growth_by_hand"
SIZES = (100_000, 1_000_000, 10_000_000)
STORE = "harbour"
PAGE = REPOSITORY / "docs" / "benchmarks.md"
BIN = Path(sys.executable).parent
LINES_PER_ORDER, ORDERS_PER_CUSTOMER = 2.48, 10
NO_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, nargs="+", default=SIZES, help="order lines of each shop, about")
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2, help="of dbt")
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {PAGE.relative_to(REPOSITORY)}")
    arguments = parser.parse_args()
    server = Warehouse.open().settings
    sizes = []
    with MemoryWatch(server) as memory:
        for lines in sorted(arguments.lines):
            with tempfile.TemporaryDirectory() as folder:
                sizes.append(measure(server, memory, Path(folder), lines, arguments.years, arguments.threads))
    figures.add_growth(sizes)
    print("\n\n".join(map(figures.as_text, figures.tables(sizes))))
    if arguments.write:
        command = f"python -m benchmarks.warehouse {' '.join(sys.argv[1:])}"
        with psycopg.connect(**server.connect_arguments) as connection:
            server_version = connection.info.parameter_status("server_version")
        PAGE.write_text(figures.as_page(sizes, server_version, command, date.today()))
    return 0


def measure(server: Settings, memory: MemoryWatch, folder: Path, lines: int, years: int, threads: int) -> Measured:
    """Take a shop of that size through everything; nothing of it is left afterwards."""
    measured = Measured(lines)
    peaks_gb = []

    def stage(title: str, act: Callable[[], object], database: str | None = None) -> None:
        before = database_seconds(server, database) if database else 0.0
        started = time.perf_counter()
        act()
        note(measured, f"{title}, s", time.perf_counter() - started)
        if database:
            note(measured, f"{title}, database s", database_seconds(server, database) - before)
        peaks_gb.append(memory.take_peak_gb())

    shop, history, increment, target = (folder / name for name in ("shop", "history", "increment", "target"))
    duck = folder / "warehouse.duckdb"
    with scratch_database(server, NAME) as warehouse:
        warehouse.create_ml_schema()
        for name in list_sources():
            create(warehouse, read_source(name))

        def run(*command: str | Path) -> None:
            run_program(warehouse.settings, list(command))

        def dbt(command: str, *options: str) -> None:
            run(BIN / "dbt", "--quiet", command, *options, "--target-path", target, "--threads", str(threads))

        def duckdb() -> None:
            options = ("--target", "duckdb", "--target-path", folder / "duckdb_target")
            run("env", f"TIDEMART_DUCKDB={duck}", BIN / "dbt", "--quiet", "build", *NO_TESTS, *options)

        def load(files: Path) -> None:
            run(sys.executable, "-m", "ingestion", "load", "shop", files)

        size = size_of(lines)
        made = ["--store", STORE, "--years", str(years), *size, "--out", shop]
        stage("make the shop's files", lambda: run(sys.executable, "-m", "seeds_generator", *made))
        hold_back_a_day(shop, Parameters.until, history, increment)
        measured.lines = rows_of(history)["order_items.csv"]
        stage("load the history", lambda: load(history))
        # both databases begin alike, independent of autovacuum
        vacuum(warehouse)

        with scratch_database(server, BY_HAND, template=NAME) as by_hand:
            dbt("parse")
            stage("full build by dbt", lambda: dbt("build", *NO_TESTS), NAME)
            stage("the same SQL by hand", lambda: build_by_hand(by_hand, target, NAME), BY_HAND)
        build_seconds = measured.figures[figures.BUILD_DATABASE]
        note(measured, figures.RATIO, build_seconds / measured.figures["the same SQL by hand, database s"])
        note(measured, "database after the build, GB", gigabytes(warehouse))
        copy_tables(warehouse, duck, {schema: schema for schema in ("raw_shop", "raw_ingestion", "ml")})
        stage("full build on DuckDB, one thread of dbt", duckdb)
        duck.unlink()
        stage("all data tests", lambda: dbt("test", "--exclude-resource-type", "unit_test"), NAME)

        stage("the server's vacuum of what was built", lambda: vacuum(warehouse))
        note(measured, "order lines of a day's increment", rows_of(increment)["order_items.csv"])
        stage("load a day's increment", lambda: load(increment))
        stage("a day's increment by dbt", lambda: dbt("build", *NO_TESTS), NAME)
        share = measured.figures[figures.INCREMENT_DATABASE] / build_seconds
        note(measured, figures.INCREMENT_SHARE, 100 * share)
        wall_share = measured.figures[figures.INCREMENT] / measured.figures["full build by dbt, s"]
        note(measured, "the same of the seconds on the clock, %", 100 * wall_share)
        nodes = sorted(nodes_built(target), key=lambda built: built[1], reverse=True)
        measured.slowest_models = [(node["name"], seconds) for node, seconds in nodes[: figures.SLOWEST]]
        stage("a build without news by dbt", lambda: dbt("build", *NO_TESTS), NAME)

        measured.queries = query_milliseconds(warehouse, STORE)
        note(measured, figures.MEMORY, max(*peaks_gb, memory.take_peak_gb()))
    return measured


def size_of(lines: int) -> list[str]:
    """Options of the generator for a shop of so many lines: 2,000 products at 1 million lines, 5,000 at 10 million."""
    orders = lines / LINES_PER_ORDER
    counts = {
        "orders": orders,
        "customers": orders / ORDERS_PER_CUSTOMER,
        "products": 2_000 * (lines / 1_000_000) ** math.log10(2.5),
    }
    return [part for name, count in counts.items() for part in (f"--{name}", str(max(1, round(count))))]


def note(measured: Measured, title: str, value: float) -> None:
    """Keep a figure and say it: at ten million lines the next comes after minutes."""
    measured.figures[title] = value
    print(f"{measured.lines:>12,} lines  {title}: {value:,.2f}", file=sys.stderr, flush=True)


def vacuum(warehouse: Warehouse) -> None:
    """Bring the statistics of all tables up to date."""
    with psycopg.connect(**warehouse.settings.connect_arguments, autocommit=True) as connection:
        connection.execute("vacuum (analyze)")


def gigabytes(warehouse: Warehouse) -> float:
    """Size of a database on disk."""
    with warehouse.connect() as connection:
        return float(connection.execute("select pg_database_size(current_database()) / 1e9").fetchone()[0])


if __name__ == "__main__":
    sys.exit(run_command(main))
