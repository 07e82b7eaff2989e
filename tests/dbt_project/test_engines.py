"""The same models on other engines: DuckDB builds what PostgreSQL builds, Spark is given nothing but SQL of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
import sqlglot

from benchmarks.duckdb_copy import copy_tables
from tests.dbt_project.conftest import SOURCES, STRICT
from warehouse import REPOSITORY

DELIVERED = ("raw_shop", "raw_online_retail", "raw_olist", "raw_ingestion", "ml")
BUILT = ("marts", "snapshots")
NO_TABLES = """
{% macro is_incremental() %}{{ return(false) }}{% endmacro %}
{% macro load_relation(relation) %}{{ return(none) }}{% endmacro %}
"""


@pytest.fixture(scope="module")
def run_dbt_on(profiles_dir, tmp_path_factory) -> Callable[..., Path]:
    """``run_dbt_on("duckdb", "build")``: dbt with that target, every warning an error; returns its target folder."""

    folders = {engine: tmp_path_factory.mktemp(engine) for engine in ("duckdb", "spark")}

    def run(engine: str, *arguments: str, project: Path = REPOSITORY, **environment: str) -> Path:
        folder = folders[engine]
        options = ["--target", engine, "--profiles-dir", profiles_dir, "--target-path", folder, "--log-path", folder]
        options += ["--vars", json.dumps({"sources": SOURCES})]
        done = subprocess.run(
            [Path(sys.executable).with_name("dbt"), *STRICT, *arguments, *options],
            cwd=project, env={**os.environ, **environment}, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-5000:]
        return folder

    return run


@pytest.fixture(scope="module")
def both(built_stores, run_dbt_on, tmp_path_factory) -> Iterator[duckdb.DuckDBPyConnection]:
    """What DuckDB built of the raw tables of all stores; in schemas postgres_*, what PostgreSQL built.

    Olist, whose loads are the newest, is delivered to DuckDB when the orders of the others are already built.
    """
    path = tmp_path_factory.mktemp("warehouse") / "tidemart.duckdb"
    copy_tables(built_stores, path, {schema: schema for schema in DELIVERED})
    with duckdb.connect(path) as duck:
        tables_of = "select table_name from information_schema.tables where table_schema = 'raw_olist'"
        late = [name for (name,) in duck.execute(tables_of).fetchall()]
        for name in late:
            duck.execute(f"create table late_{name} as from raw_olist.{name}")
            duck.execute(f"delete from raw_olist.{name}")
    untested = ("--exclude-resource-type", "test", "unit_test")  # rows that equal tested ones need no test
    run_dbt_on("duckdb", "build", "--select", "+fct_revenue_entries", *untested, TIDEMART_DUCKDB=str(path))
    with duckdb.connect(path) as duck:
        for name in late:
            duck.execute(f"insert into raw_olist.{name} from late_{name}")
    run_dbt_on("duckdb", "build", *untested, TIDEMART_DUCKDB=str(path))
    copy_tables(built_stores, path, {schema: f"postgres_{schema}" for schema in BUILT})
    with duckdb.connect(path) as connection:
        yield connection


@pytest.fixture(scope="module")
def compiled_for_spark(run_dbt_on, tmp_path_factory) -> dict[str, str]:
    """The SQL of every model, snapshot and data test, by name, compiled without a server.

    Macros of a copy of the project say that no table exists, which dbt would ask the server.
    """
    project = tmp_path_factory.mktemp("project")
    shutil.copy(REPOSITORY / "dbt_project.yml", project)
    shutil.copytree(REPOSITORY / "dbt_project", project / "dbt_project")
    (project / "dbt_project" / "macros" / "no_tables.sql").write_text(NO_TABLES)
    folder = run_dbt_on("spark", "--no-populate-cache", "compile", "--no-introspect", project=project)
    nodes = json.loads((folder / "manifest.json").read_text())["nodes"].values()
    return {node["name"]: node["compiled_code"] for node in nodes if node["resource_type"] not in ("seed", "operation")}


def tables(connection: duckdb.DuckDBPyConnection, schema: str) -> dict[str, list[tuple[str, str]]]:
    """The columns of each table of a schema, as (name, type) in their order."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table, *column in connection.execute(
        "select table_name, column_name, data_type from information_schema.columns "
        "where table_schema = ? order by table_name, ordinal_position",
        [schema],
    ).fetchall():
        found.setdefault(table, []).append(tuple(column))
    return found


@pytest.mark.parametrize("schema", BUILT)
def test_duckdb_builds_the_tables_that_postgresql_builds(both, schema):
    assert tables(both, schema) == tables(both, f"postgres_{schema}") != {}


@pytest.mark.parametrize("schema", BUILT)
def test_every_row_built_on_duckdb_equals_the_row_built_on_postgresql(both, schema):
    """To the last digit, without a tolerance: money, shares and growth are decimals on both engines."""
    differing, rows, empty = {}, 0, set()
    for table in tables(both, schema):
        here, there = f"{schema}.{table}", f"postgres_{schema}.{table}"
        missing, added, count = both.execute(
            f"select (select count(*) from (from {there} except all from {here})), "
            f"(select count(*) from (from {here} except all from {there})), (select count(*) from {here})"
        ).fetchone()
        rows += count
        empty |= {table} if not count else set()
        if missing or added:
            differing[table] = (missing, added)

    assert differing == {}
    assert rows > 10_000
    assert not [table for table in empty if "forecast" in table]


def test_everything_compiles_for_spark_without_a_server(compiled_for_spark):
    assert len(compiled_for_spark) > 300
    assert all(sql and sql.strip() for sql in compiled_for_spark.values())


def test_spark_is_given_sql_that_spark_understands(compiled_for_spark):
    foreign = re.compile(
        r"::|//|\bas (text|timestamptz|hugeint)\b|\bdistinct on\b|\b(timezone|generate_series|to_char)\("
    )
    for name, sql in compiled_for_spark.items():
        sqlglot.parse_one(sql, read="spark")  # which is lenient with words of other engines
        assert not foreign.search(sql), f"{name}: {foreign.search(sql)}"
