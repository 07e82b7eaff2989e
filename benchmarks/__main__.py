"""Every stage of the loop, with seconds, rows/s and peak memory, beside its plain counterpart.

    python -m benchmarks [--orders 50000] [--years 3]

A shop is made and taken through loading, dbt and forecasting in a database made for the occasion. Beside the loader
stands a bare COPY of the same files into the same tables. ``benchmarks.warehouse`` has dbt beside the same SQL by hand.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.deliveries import rows_of
from benchmarks.load_speed import scratch_database, seconds_of_copy
from benchmarks.meters import run_program
from ingestion import create, list_sources, read_source
from warehouse import Settings, Warehouse, run_command

NAME = "tidemart_benchmark"
BIN = Path(sys.executable).parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=50_000)
    parser.add_argument("--years", type=int, default=3)
    arguments = parser.parse_args()
    server = Warehouse.open().settings
    print(f"{'stage':<34}{'rows':>12}{'seconds':>10}{'rows/s':>12}{'peak MB':>9}")
    with tempfile.TemporaryDirectory() as folder, scratch_database(server, NAME) as warehouse:
        warehouse.create_ml_schema()
        for name in list_sources():
            create(warehouse, read_source(name))
        landing, target = Path(folder) / "shop", Path(folder) / "target"
        size = ["--orders", str(arguments.orders), "--years", str(arguments.years), "--out", landing]
        run = stage_of(warehouse.settings)

        run(
            "make the shop's files",
            [sys.executable, "-m", "seeds_generator", *size],
            lambda: sum(rows_of(landing).values()),
        )
        rows = sum(rows_of(landing).values())
        run("load", [sys.executable, "-m", "ingestion", "load", "shop", landing], lambda: rows)
        say("  bare COPY of the same files", rows, copy_by_hand(warehouse, landing))

        dbt = [BIN / "dbt", "build", "--quiet", "--target-path", target]
        run("dbt build, models and tests", dbt, lambda: rows_of(landing)["order_items.csv"])

        forecast = [sys.executable, "-m", "ml", "forecast"]
        run("forecast, backtest and all models", forecast, lambda: count(warehouse, "ml", "forecast_results"))
        run("  again, nothing new", forecast, lambda: count(warehouse, "ml", "forecast_results"))
    return 0


def stage_of(settings: Settings) -> Callable:
    """A function that runs a program on the benchmark's database and prints its line."""

    def run(title: str, command: list, row_count: Callable[[], int]) -> None:
        usage = run_program(settings, command)
        say(title, row_count(), usage.seconds, usage.peak_mb)

    return run


def say(title: str, rows: int, seconds: float, peak_mb: int | None = None) -> None:
    """One line of the table."""
    peak = "" if peak_mb is None else f"{peak_mb:,}"
    print(f"{title:<34}{rows:>12,}{seconds:>10.2f}{rows / seconds:>12,.0f}{peak:>9}", flush=True)


def count(warehouse: Warehouse, schema: str, name: str) -> int:
    """Rows of a table."""
    return warehouse.count_rows(schema, name) or 0


def copy_by_hand(warehouse: Warehouse, landing: Path) -> float:
    """Seconds of a bare COPY of every file into a table like the raw one."""
    source = read_source("shop")
    return sum(seconds_of_copy(warehouse, source, table, landing / table.file) for table in source.tables)


if __name__ == "__main__":
    sys.exit(run_command(main))
