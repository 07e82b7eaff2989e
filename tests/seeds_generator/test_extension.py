"""One shop, however it is made: at once, by going on, with other threads, as Parquet."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from seeds_generator import TABLES, Parameters, extend, generate, write
from warehouse import DataError, UsageError

UNTIL, LATER, LATEST = date(2025, 9, 17), date(2025, 10, 26), date(2026, 3, 1)


@pytest.fixture(scope="module")
def growing(harbour) -> Parameters:
    """A shop whose history ends in the middle of a month."""
    return Parameters(store=harbour, customers=300, products=60, orders=4_000, years=1, until=UNTIL)


def merged(folder: Path, table: str) -> str:
    """A hash of the rows of all files of a table, the later files' rows in the place of the earlier ones'."""
    rows: dict[str, str] = {}
    for path in sorted(folder.glob(f"{table}*.csv"), key=lambda path: path.stem.removeprefix(table)):
        header, *lines = path.read_text().splitlines()
        rows.update((line.split(",")[1], line) for line in lines)
    text = "\n".join([header, *(rows[key] for key in sorted(rows)), ""])
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_shop_that_goes_on_twice_equals_the_one_made_at_once(growing, tmp_path):
    write(growing, tmp_path / "grown")
    extend(tmp_path / "grown", LATER)
    extend(tmp_path / "grown", LATEST)
    write(replace(growing, through=LATEST), tmp_path / "at_once")

    for table in TABLES:
        at_once = hashlib.sha256((tmp_path / "at_once" / f"{table}.csv").read_bytes()).hexdigest()
        assert merged(tmp_path / "grown", table) == at_once, table
    truths = [
        {path.name: path.read_bytes() for path in (tmp_path / name / "truth").iterdir()}
        for name in ("grown", "at_once")
    ]
    assert truths[0] == truths[1]


def test_an_extension_tells_what_became_of_older_orders(growing, tmp_path):
    write(growing, tmp_path)
    extend(tmp_path, LATER)
    known = pd.read_csv(tmp_path / "orders.csv", index_col="order_id")
    told = pd.read_csv(tmp_path / f"orders_{LATER}.csv", index_col="order_id")
    again = told.index.intersection(known.index)

    assert len(told) > len(again) > 0
    assert {"returned"} <= set(told.loc[again, "status"]) <= {"cancelled", "returned"}
    assert set(known.loc[again, "status"]) == {"completed"}


def test_a_shop_written_through_an_earlier_day_holds_the_same_rows_so_far(growing, tmp_path):
    write(replace(growing, through=date(2025, 5, 5)), tmp_path / "earlier")
    write(growing, tmp_path / "whole")

    earlier, whole = ((tmp_path / name / "order_items.csv").read_text() for name in ("earlier", "whole"))
    assert 10_000 < len(earlier) < len(whole)
    assert whole.startswith(earlier)


def test_another_number_of_threads_makes_the_same_bytes(growing, tmp_path):
    for workers in (1, 2, 5):
        write(growing, tmp_path / str(workers), workers=workers)
    manifests = {(tmp_path / str(workers) / ".shop.json").read_bytes() for workers in (1, 2, 5)}

    assert len(manifests) == 1  # it holds the hashes of all files, the truth's too


def test_a_shop_that_went_on_and_is_written_again_loses_what_came_later(growing, tmp_path):
    write(growing, tmp_path)
    extend(tmp_path, LATER)
    assert not write(growing, tmp_path).is_unchanged

    assert sorted(path.name for path in tmp_path.glob("*.csv")) == sorted(f"{table}.csv" for table in TABLES)


def test_parquet_holds_the_same_rows(growing, tmp_path):
    write(growing, tmp_path, file_format="parquet")
    shop = generate(growing)

    for table in TABLES:
        found = pq.read_table(tmp_path / f"{table}.parquet")
        assert found.to_pylist() == getattr(shop, table).to_pylist(), table


def test_a_day_that_is_not_later_is_refused(growing, tmp_path):
    write(growing, tmp_path)

    with pytest.raises(UsageError, match="later than 2025-09-17"):
        extend(tmp_path, UNTIL)
    with pytest.raises(UsageError, match="ten years at most"):
        extend(tmp_path, date(2060, 1, 1))


def test_a_folder_without_a_whole_shop_cannot_go_on(growing, tmp_path):
    with pytest.raises(DataError, match="holds no whole shop"):
        extend(tmp_path, LATER)
    write(growing, tmp_path)
    (tmp_path / "orders.csv").write_text("")
    with pytest.raises(DataError, match="holds no whole shop"):
        extend(tmp_path, LATER)
