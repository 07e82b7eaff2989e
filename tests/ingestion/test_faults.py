"""What must survive: loaders killed or at work at once, readers beside them, files that change under their hands."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from ingestion import load
from ingestion.load import _Delivery
from tests.ingestion.conftest import ITEMS, RETAIL, item, sale
from warehouse import REPOSITORY, DataError

ROWS = 150_000
TABLE_OF = {"shop": "order_items", "online_retail": "online_retail"}


def start_loader(source: str, path: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "ingestion", "load", source, str(path)]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for_copy(select, rows: int) -> None:
    """Until a COPY into a raw table is under way and so many rows have come."""
    deadline = time.monotonic() + 60
    while not select(f"1 from pg_stat_progress_copy where tuples_processed > {rows} and datname = current_database()"):
        assert time.monotonic() < deadline, "no COPY was seen"
        time.sleep(0.005)


def wait_for_end(select) -> None:
    """Until the server has noticed that its client is gone."""
    deadline = time.monotonic() + 10
    while select("1 from pg_stat_progress_copy where datname = current_database()"):
        assert time.monotonic() < deadline, "the copying backend lives on"
        time.sleep(0.02)


def content_of(select, source: str) -> list[tuple]:
    """Checksums of a source: what a load left behind, but for the clock."""
    table = TABLE_OF[source]
    return [
        *select(f"count(*), sum(hashtextextended((t.* , '')::text, 0)) from (select {columns_of(select, source)} "
                f"from raw_{source}.{table}) as t"),
        *select("load_id, file_hash, rows_read, rows_loaded, rows_rejected from raw_ingestion.loads"),
        *select("load_id, line_number, reason from raw_ingestion.rejected_rows order by 1, 2"),
    ]  # fmt: skip


def columns_of(select, source: str) -> str:
    names = select(
        "column_name from information_schema.columns "
        f"where table_schema = 'raw_{source}' and table_name = '{TABLE_OF[source]}' and column_name <> '_loaded_at'"
    )
    return ", ".join(name for (name,) in names)


@pytest.fixture
def large_file(tmp_path):
    """``large_file(source)``: a file of which the load takes long enough to be disturbed."""

    def write(source: str) -> Path:
        path = tmp_path / f"{TABLE_OF[source]}.csv"
        header, row = (ITEMS, item) if source == "shop" else (RETAIL, sale)
        path.write_text(header + "".join(row(n, quantity="x" if n % 1000 == 5 else 1) for n in range(ROWS)))
        return path

    return write


@pytest.mark.parametrize("source", ["shop", "online_retail"])
def test_a_loader_killed_in_the_middle_leaves_nothing_and_the_next_ends_as_if_undisturbed(
    warehouse, new_warehouse, large_file, select, source
):
    path = large_file(source)
    with new_warehouse() as undisturbed:
        load(undisturbed, source, [path])
        with undisturbed.connect() as connection:
            wanted = content_of(lambda query: connection.execute(f"select {query}").fetchall(), source)

    loader = start_loader(source, path)
    wait_for_copy(select, 1000)
    loader.send_signal(signal.SIGKILL)
    loader.communicate()
    wait_for_end(select)

    for table in (f"raw_{source}.{TABLE_OF[source]}", "raw_ingestion.loads", "raw_ingestion.rejected_rows"):
        assert select(f"count(*) from {table}") == [(0,)]
    assert start_loader(source, path).wait() == 0
    assert content_of(select, source) == wanted


def test_two_loaders_of_one_file_load_it_once(warehouse, large_file, select):
    path = large_file("shop")

    loaders = [start_loader("shop", path) for _ in range(2)]

    told = sorted(loader.communicate()[0].decode().splitlines()[1].endswith("already loaded") for loader in loaders)
    assert [loader.returncode for loader in loaders] == [0, 0]
    assert told == [False, True]
    assert select("count(*) from raw_shop.order_items") == [(ROWS * 999 // 1000,)]
    assert select("count(*) from raw_ingestion.loads") == [(1,)]


def test_readers_neither_wait_nor_see_half_a_load(warehouse, deliver, large_file, select):
    deliver("may.csv", RETAIL + sale(1), source="online_retail")
    path = large_file("online_retail")
    path = path.rename(path.with_name("may.csv"))
    count = "count(*) from raw_online_retail.online_retail where _replaced_by_load_id is null"
    with warehouse.connect() as reader:
        reader.execute(f"select {count}")  # a reader that keeps its transaction open

        loader = start_loader("online_retail", path)
        wait_for_copy(select, 1000)
        reader.execute("set lock_timeout = '1s'")
        seen = reader.execute(f"select {count}").fetchone()[0]

        assert loader.wait(timeout=60) == 0
        assert seen == 1
    assert select(count) == [(ROWS * 999 // 1000,)]


def test_a_file_that_is_written_to_while_it_is_read_is_refused(deliver, select, monkeypatch):
    states = iter([(1, 1), (2, 2)])
    monkeypatch.setattr(_Delivery, "state", lambda self: next(states))

    with pytest.raises(DataError, match=r"order_items.csv: the file was written to while it was read"):
        deliver("order_items.csv", ITEMS + item(1))

    assert select("count(*) from raw_shop.order_items") == select("count(*) from raw_ingestion.loads") == [(0,)]


def test_rows_and_ledger_are_one_transaction(deliver, select, warehouse):
    deliver("order_items_1.csv", ITEMS + item(1))
    with warehouse.connect() as connection:
        connection.execute("alter table raw_ingestion.loads add constraint broken check (load_id < 2)")

    with pytest.raises(psycopg.errors.CheckViolation):
        deliver("order_items_2.csv", ITEMS + item(1, quantity=9) + item(2) + item(3, quantity="x"))

    assert select("item_id, quantity from raw_shop.order_items") == [("1", 2)]
    assert select("count(*) from raw_ingestion.rejected_rows") == [(0,)]
