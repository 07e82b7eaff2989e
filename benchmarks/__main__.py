"""Every stage of the loop, with seconds, rows/s and peak memory, beside its plain counterpart.

    python -m benchmarks [--orders 50000] [--years 3]

A shop is made and taken through loading, dbt and forecasting in a database made for the occasion. Beside the loader
stands a bare COPY of the same files into the same tables, beside dbt the same SQL, as dbt compiled it, run by hand in
one session of a second database with the same raw tables.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks.load_speed import scratch_database, seconds_of_copy
from ingestion import create, list_sources, read_source
from warehouse import REPOSITORY, Settings, Warehouse, run_command

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

        run("make the shop's files", [sys.executable, "-m", "seeds_generator", *size], lambda: rows_of(landing))
        rows = rows_of(landing)
        run("load", [sys.executable, "-m", "ingestion", "load", "shop", landing], lambda: rows)
        say("  bare COPY of the same files", rows, copy_by_hand(warehouse, landing))

        with scratch_database(server, f"{NAME}_by_hand", template=NAME) as by_hand:
            dbt = [BIN / "dbt", "build", "--quiet", "--target-path", target]
            lines = (landing / "order_items.csv").read_bytes().count(b"\n") - 1
            run("dbt build, models and tests", dbt, lambda: lines)
            models = models_built(target)
            say("  models of it, by dbt's own clock", lines, sum(seconds for _, seconds in models))
            say("  the same SQL by hand", lines, seconds_by_hand(by_hand, target, [name for name, _ in models]))

        forecast = [sys.executable, "-m", "ml", "forecast"]
        run("forecast, backtest and all models", forecast, lambda: count(warehouse, "ml", "forecast_results"))
        run("  again, nothing new", forecast, lambda: count(warehouse, "ml", "forecast_results"))
    return 0


def stage_of(settings: Settings) -> Callable:
    """A function that runs a program on the benchmark's database and prints its line."""
    environment = {**os.environ, "DATABASE_URL": settings.url}

    def run(title: str, command: list, row_count: Callable[[], int]) -> None:
        started = time.perf_counter()
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=output, stderr=output)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.perf_counter() - started
            if process.returncode:
                output.seek(0)
                raise SystemExit(f"{title} failed:\n{output.read().decode()}")
        say(title, row_count(), seconds, usage.ru_maxrss // 1024)

    return run


def say(title: str, rows: int, seconds: float, peak_mb: int | None = None) -> None:
    """One line of the table."""
    peak = "" if peak_mb is None else f"{peak_mb:,}"
    print(f"{title:<34}{rows:>12,}{seconds:>10.2f}{rows / seconds:>12,.0f}{peak:>9}", flush=True)


def rows_of(folder: Path) -> int:
    """Lines of the files of a shop, without their headers."""
    return sum(path.read_bytes().count(b"\n") - 1 for path in folder.glob("*.csv"))


def count(warehouse: Warehouse, schema: str, name: str) -> int:
    """Rows of a table."""
    return warehouse.count_rows(schema, name) or 0


def copy_by_hand(warehouse: Warehouse, landing: Path) -> float:
    """Seconds of a bare COPY of every file into a table like the raw one."""
    source = read_source("shop")
    return sum(seconds_of_copy(warehouse, source, table, landing / table.file) for table in source.tables)


def models_built(target: Path) -> list[tuple[str, float]]:
    """Unique id and seconds of every seed and model, in the order in which dbt built them."""
    results = json.loads((target / "run_results.json").read_text())["results"]
    return [
        (result["unique_id"], result["execution_time"])
        for result in results
        if result["unique_id"].split(".")[0] in ("model", "seed")
    ]


def seconds_by_hand(warehouse: Warehouse, target: Path, unique_ids: list[str]) -> float:
    """Seconds that the compiled SQL of the models takes in one session, indexes included."""
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    seconds = 0.0
    with psycopg.connect(**warehouse.settings.connect_arguments, autocommit=True) as connection:
        for schema in ("staging", "intermediate", "marts", "reference"):
            connection.execute(f"create schema {schema}")
        for unique_id in unique_ids:
            node = nodes[unique_id]
            relation = sql.Identifier(node["schema"], node["alias"])
            if node["resource_type"] == "seed":
                copy_seed(connection, relation, REPOSITORY / node["original_file_path"], node["config"]["column_types"])
                continue
            statement = sql.SQL("create {} {} as ").format(sql.SQL(node["config"]["materialized"]), relation)
            compiled = (target / "compiled" / "tidemart" / node["original_file_path"]).read_text()
            started = time.perf_counter()
            connection.execute(statement + sql.SQL(compiled.replace(f'"{NAME}".', "")))
            for index in node["config"].get("indexes") or []:
                unique = sql.SQL("unique" if index.get("unique") else "")
                columns = sql.SQL(", ").join(map(sql.Identifier, index["columns"]))
                connection.execute(sql.SQL("create {} index on {} ({})").format(unique, relation, columns))
            seconds += time.perf_counter() - started
    return seconds


def copy_seed(connection: psycopg.Connection, relation: sql.Identifier, path: Path, types: dict[str, str]) -> None:
    """Make the table of a dbt seed; it costs next to nothing and is not timed."""
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(data_type)) for name, data_type in types.items()
    )
    connection.execute(sql.SQL("create table {} ({})").format(relation, columns))
    with connection.cursor() as cursor:
        with cursor.copy(sql.SQL("copy {} from stdin (format csv, header)").format(relation)) as copy:
            copy.write(path.read_bytes())


if __name__ == "__main__":
    sys.exit(run_command(main))
