"""The files hold what the source declares, the same for the same seed, and are not made twice."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date

import yaml

from seeds_generator import TABLES, generate, write
from warehouse import REPOSITORY

SOURCES = REPOSITORY / "dbt_project" / "models" / "staging" / "shop" / "_shop__sources.yml"
PATTERNS = {
    "text": r"[^\s](.*[^\s])?",
    "numeric(11,4)": r"\d+",
    "numeric(15,4)": r"-?\d+(\.\d\d)?",
    "date": r"\d{4}-\d\d-\d\d",
    "timestamptz": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00",
    "boolean": "true|false",
}


def as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


def test_columns_and_types_are_those_of_the_source(small, tmp_path):
    write(small, tmp_path)

    for table in yaml.safe_load(SOURCES.read_text())["sources"][0]["tables"]:
        with (tmp_path / table["config"]["meta"]["file"]).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        # the source accepts optional columns that the generator does not write
        columns = [
            column
            for column in table["columns"]
            if column["name"] in rows[0] or not column.get("config", {}).get("meta", {}).get("optional")
        ]
        assert list(rows[0]) == [column["name"] for column in columns]
        for column in columns:
            values = {row[column["name"]] for row in rows}
            if "not_null" not in column.get("data_tests", []):
                values -= {""}
            wrong = [value for value in values if not re.fullmatch(PATTERNS[column["data_type"]], value)]
            assert not wrong, (table["name"], column["name"], wrong[:3])


def test_the_files_hold_what_generate_returns(small, tmp_path):
    write(small, tmp_path)
    shop = generate(small)

    for table in TABLES:
        with (tmp_path / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        expected = getattr(shop, table).to_pylist()
        assert len(rows) == len(expected)
        for row, wanted in zip(rows, expected, strict=True):
            for name, value in wanted.items():
                assert row[name] == as_text(value), (table, name)


def test_the_same_seed_gives_the_same_bytes_in_another_process(small, small_options, contents, tmp_path):
    write(small, tmp_path / "here")
    subprocess.run(
        [sys.executable, "-m", "seeds_generator", *small_options, "--out", str(tmp_path / "there")],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONHASHSEED": "12345"},
        check=True,
    )

    assert contents(tmp_path / "here") == contents(tmp_path / "there")


def test_another_seed_gives_another_shop(small, contents, tmp_path):
    write(small, tmp_path / "a")
    write(replace(small, seed=43), tmp_path / "b")

    here, there = contents(tmp_path / "a"), contents(tmp_path / "b")
    assert all(here[table] != there[table] for table in TABLES)


def test_a_shop_that_is_there_is_not_written_again(small, tmp_path):
    first = write(small, tmp_path)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    second = write(small, tmp_path)

    assert not first.is_unchanged
    assert second.is_unchanged
    assert second.rows == first.rows
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_other_parameters_replace_the_shop(small, tmp_path):
    write(small, tmp_path)
    delivery = write(replace(small, orders=700), tmp_path)

    assert delivery.rows["orders"] == 700
    noted = json.loads((tmp_path / ".shop.json").read_text())
    assert noted["files"]["orders.csv"]["rows"] == 700
