"""Deliveries while one looks on: whole, without a gap, nothing lost and nothing told twice."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ingestion
from seeds_generator import TABLES, Parameters, write
from seeds_generator.clock import local_seconds
from seeds_generator.live import live
from seeds_generator.orders import BEGINNING
from seeds_generator.shop import end_of, open_book
from warehouse import REPOSITORY, DataError, UsageError


@pytest.fixture
def folder(harbour, tmp_path) -> Path:
    write(Parameters(store=harbour, customers=300, products=40, orders=4_000, years=1), tmp_path)
    return tmp_path


def rows_of(folder: Path, table: str) -> list[str]:
    """All lines of a table below a folder, in the order of delivery."""
    found = [path for path in folder.rglob(f"{table}[._]*csv") if path.parent.name != "truth"]
    paths = sorted(found, key=lambda path: path.stem.removeprefix(table))
    return [line for path in paths for line in path.read_text().splitlines()[1:]]


def delivered(folder: Path, table: str) -> dict[str, str]:
    """The last row of each key, by key."""
    return {line.split(",")[1]: line for line in rows_of(folder, table)}


def test_all_deliveries_together_are_the_shop_at_that_moment_but_for_what_comes_late(folder, harbour):
    deliveries = list(itertools.islice(live(folder, orders=40, late_rate=0.1), 40))
    now = int(deliveries[-1].now.timestamp())
    parameters = Parameters(
        store=harbour, customers=300, products=40, orders=4_000, years=1, through=deliveries[-1].now.date()
    )
    punctual = open_book(parameters)
    late = open_book(parameters, 0.1, end_of(parameters, parameters.until))
    months = punctual.months_told(BEGINNING, now)
    all_orders = {
        key
        for month in months
        for key in punctual.tables(punctual.make(*month), BEGINNING, now)["orders"]["order_id"].to_pylist()
    }
    told = {
        key
        for month in months
        for key in late.tables(late.make(*month), BEGINNING, now)["orders"]["order_id"].to_pylist()
    }
    orders = delivered(folder, "orders")

    assert set(orders) == told
    assert 0 < len(all_orders - told) < 40  # still on their way
    statuses = {
        row["order_id"]: row["status"]
        for month in months
        for row in late.tables(late.make(*month), BEGINNING, now)["orders"].to_pylist()
    }
    assert {key: line.split(",")[4] for key, line in orders.items()} == statuses
    items = {line.split(",")[2] for line in delivered(folder, "order_items").values()}
    assert items == told
    assert len(rows_of(folder, "order_items")) == len(delivered(folder, "order_items"))  # told once
    assert len(rows_of(folder, "order_adjustments")) == len(delivered(folder, "order_adjustments"))
    known = set(delivered(folder, "customers"))
    assert {line.split(",")[2] for line in orders.values()} - {""} <= known


def test_there_are_new_late_changed_and_returned_ones_among_them(folder):
    deliveries = list(itertools.islice(live(folder, orders=20, late_rate=0.1), 30))
    orders = [
        pd.read_csv(path, parse_dates=["ordered_at"]).assign(delivery=number)
        for number, path in enumerate(sorted(folder.glob("*/orders_*.csv")))
    ]
    told = pd.concat(orders)
    counts = told.groupby("order_id").size()
    newest = told.groupby("delivery")["ordered_at"].max().cummax().shift(1)
    is_first = ~told.duplicated("order_id")
    came_late = told[is_first & (told["ordered_at"] < told["delivery"].map(newest))]

    assert all(delivery.rows["orders"] >= 20 for delivery in deliveries)
    assert (counts > 1).any()
    assert "returned" in set(told["status"])
    assert len(came_late) > 10
    assert any("products" in delivery.rows for delivery in deliveries)
    assert any("refund" in path.read_text() for path in folder.glob("*/order_adjustments_*.csv"))


def test_a_feed_that_was_stopped_goes_on_where_it_was(folder, harbour, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    write(Parameters(store=harbour, customers=300, products=40, orders=4_000, years=1), other)
    list(itertools.islice(live(folder, orders=30), 3))
    list(itertools.islice(live(folder, orders=30), 3))
    list(itertools.islice(live(other, orders=30), 6))

    content = [{path.name: path.read_bytes() for path in place.glob("*/*")} for place in (folder, other)]
    assert len(content[0]) > 18
    assert content[0] == content[1]


def test_the_command_delivers_at_its_pace_and_stops_when_told(folder):
    process = subprocess.Popen(
        [sys.executable, "-m", "seeds_generator", "live", "--every", "200ms", "--out", str(folder)],
        cwd=REPOSITORY, stdout=subprocess.PIPE, text=True,
        # what a shell starts in the background is deaf to it, and so would this be
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    first = process.stdout.readline()
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=10)

    assert " orders, " in first
    assert 3 <= len(rest.splitlines()) <= 8
    assert rest.endswith("stopped\n")
    assert process.returncode == 0
    assert not list(folder.glob("*.part"))


def test_a_loader_beside_it_loads_every_delivery_once(warehouse, folder):
    ingestion.load(warehouse, "shop", [folder])
    for _ in itertools.islice(live(folder, orders=25, late_rate=0.1), 8):
        ingestion.load(warehouse, "shop", [folder])

    for table in TABLES:
        found = warehouse.read(f"select count(*) as n from raw_shop.{table} where _replaced_by_load_id is null")[
            "n"
        ].iloc[0]
        assert found == len(delivered(folder, table)), table
    rejected = warehouse.read("select count(*) as n from raw_ingestion.rejected_rows")["n"].iloc[0]
    assert rejected == 0


def test_a_folder_without_a_shop_or_a_wrong_number_is_refused(tmp_path):
    with pytest.raises(DataError, match="holds no whole shop"):
        next(live(tmp_path))
    with pytest.raises(UsageError, match="from 1 to 100,000, not 0"):
        next(live(tmp_path, orders=0))


def test_the_store_s_clock_and_utc_are_told_apart():
    assert local_seconds(np.array([0]), "Europe/Berlin")[0] == 3_600


def test_a_feed_ends_where_the_shop_comes_to_the_present(folder):
    present = datetime(2026, 1, 10, tzinfo=timezone.utc)
    deliveries = list(live(folder, orders=10, clock=present.timestamp))

    assert 5 < len(deliveries) < 50
    assert all(delivery.now <= present for delivery in deliveries)
    assert list(live(folder, orders=10, clock=present.timestamp)) == []
