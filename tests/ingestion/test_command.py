"""What a user of the command line sees, and what a script learns from the exit code."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ingestion.conftest import ITEMS, item
from warehouse import REPOSITORY

USAGE, DATA, DATABASE = 2, 3, 4


@pytest.fixture
def ingestion(warehouse):
    """``ingestion(*arguments)``: exit code, stdout and stderr of the command."""

    def run(*arguments: object, folder: Path = REPOSITORY) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "ingestion", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    return run


def test_create_makes_every_enabled_source(ingestion, select):
    code, told, _ = ingestion("create")

    assert code == 0
    assert "raw_shop: customers, products, orders, order_items, order_adjustments" in told
    assert "raw_online_retail" not in told
    assert select("to_regnamespace('raw_online_retail')") == [(None,)]


def test_a_load_ends_with_a_table_of_what_became_of_each_file(ingestion, tmp_path):
    path = tmp_path / "order_items.csv"
    path.write_text(ITEMS + item(1) + item(1) + item(2, quantity="x"))

    code, told, complaints = ingestion("load", "shop", path)

    lines = told.splitlines()
    assert (code, complaints) == (0, "")
    assert lines[0].split() == ["file", "table", "read", "loaded", "rejected", "duplicates", "rows/s"]
    assert lines[1].split()[:6] == ["order_items.csv", "order_items", "3", "1", "1", "1"]
    assert lines[2].startswith("order_items.csv, line 4: quantity: 'x' is not a number from")
    assert lines[3].endswith("select * from raw_ingestion.rejected_rows where load_id = 1")

    code, told, _ = ingestion("load", "shop", path)

    assert code == 0
    assert told.splitlines()[1].endswith("already loaded")


def test_a_source_that_is_not_enabled_is_loaded_and_the_setting_that_enables_it_is_named(
    ingestion, tmp_path, select, monkeypatch
):
    copy = tmp_path / "copy"
    for folder in ("ingestion", "warehouse", "dbt_project/models/staging"):
        shutil.copytree(REPOSITORY / folder, copy / folder)
    shutil.copy(REPOSITORY / "profiles.yml.example", copy)
    (copy / "dbt_project.yml").write_text("vars: {sources: [olist]}")
    monkeypatch.setenv("PYTHONPATH", str(copy))
    (tmp_path / "order_items.csv").write_text(ITEMS + item(1))

    code, told, _ = ingestion("load", "shop", tmp_path / "order_items.csv", folder=copy)

    assert code == 0
    assert told.splitlines()[-1] == (
        "shop has no marts yet: add it to `vars: sources` in dbt_project.yml to build them"
    )
    assert select("count(*) from raw_shop.order_items") == [(1,)]
    assert ingestion("create", folder=copy)[1].startswith("raw_olist: ")
    assert ingestion("check", folder=copy)[1] == "there are no rows to check yet\n"


def test_columns_that_were_left_out_are_said(ingestion, tmp_path):
    (tmp_path / "order_items.csv").write_text(ITEMS.replace("\n", ",note\n") + item(1).replace("\n", ",x\n"))

    assert "order_items.csv: not declared and not loaded: note" in ingestion("load", "shop", tmp_path)[1]


def test_a_refused_file_is_an_error_though_others_were_loaded(ingestion, tmp_path, select):
    (tmp_path / "customers.csv").write_bytes(b"")
    (tmp_path / "order_items.csv").write_text(ITEMS + item(1))

    code, told, complaints = ingestion("load", "shop", tmp_path)

    assert code == DATA
    assert "order_items.csv" in told
    assert complaints.splitlines() == [
        f"error: {tmp_path}/customers.csv: the file is empty, it has not even a header; deliver it again"
    ]
    assert select("count(*) from raw_shop.order_items") == [(1,)]


def test_a_file_of_which_no_row_can_be_read_is_an_error_every_time(ingestion, tmp_path):
    (tmp_path / "order_items.csv").write_text(ITEMS + item(1, quantity="x"))

    for _ in range(2):
        code, _, complaints = ingestion("load", "shop", tmp_path)

        assert code == DATA
        assert complaints.endswith("order_items.csv: not one of its 1 rows can be read as declared\n")


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (("load", "shpo", "x.csv"), USAGE, "there is no source 'shpo'; did you mean shop?"),
        (("load", "shop", "nowhere.csv"), USAGE, "nowhere.csv: there is no such file or folder"),
        (("load", "shop", "pyproject.toml"), USAGE, "pyproject.toml: the name must end in one of .csv, .csv.gz"),
        (("load", "shop", "tests/ingestion"), DATA, "there is no file to load"),
        (("create", "market"), USAGE, "there is no source 'market'; known: olist"),
        (("load", "shop"), USAGE, "the following arguments are required: PATH"),
        (("load", "shop", ".", "--encoding", "klingon"), USAGE, "there is no encoding 'klingon'"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(ingestion, arguments, code, complaint):
    ended, _, complaints = ingestion(*arguments)

    assert ended == code
    assert complaint in complaints.splitlines()[-1]


def test_a_wrong_address_is_said_in_one_line(ingestion, tmp_path, monkeypatch):
    (tmp_path / "order_items.csv").write_text(ITEMS)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:x@127.0.0.1:1/none")

    code, _, complaints = ingestion("load", "shop", tmp_path)

    assert code == DATABASE
    assert complaints.startswith("error: cannot enter PostgreSQL")
    assert complaints.count("\n") == 1
