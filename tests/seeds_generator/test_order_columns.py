"""Sales channel and discount code of orders: what they say, and that they change nothing else."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from seeds_generator import Parameters, extend, generate, write
from seeds_generator.__main__ import main
from seeds_generator.channels import CHANNELS, HABIT_RATE
from seeds_generator.live import live
from seeds_generator.manifest import MANIFEST, facts_of
from seeds_generator.presets import PRESETS
from warehouse import DataError, run_command

OLD_COLUMNS = (
    "store_id", "order_id", "customer_id", "ordered_at", "status", "payment_method", "total_amount", "currency",
)  # fmt: skip
NEW_COLUMNS = ("sales_channel", "discount_code")
# SHA-256 of the files of the shop `small`, taken before orders had the two columns. Customers are left out: their
# mail addresses change with the version of Faker.
HASHES_BEFORE = {
    "products": "24f4e3b2a59e724769070aedb6d1f39ec309cb24867cbb16fc9349e2d3acbbd2",
    "orders": "16ebd850ecdfaeada55cd12391244435b6d9b0f5cd08d8e7b3882d5fbea12634",
    "order_items": "0dd1605b78bb1058293af417b916e68c4bb9d2a09e55eea28fa6e22694ff1192",
    "order_adjustments": "73e7282bdd0d0c9d8dbb2da7dbc3cf40b0ac7359e6314cb99e70c27685029b31",
}


@pytest.fixture(scope="module")
def order_discounts(frames) -> pd.Series:
    """Cents of the discount on the whole order, of the orders that have one."""
    adjustments = frames["order_adjustments"]
    of_order = adjustments[(adjustments["kind"] == "discount") & adjustments["item_id"].isna()]
    return -of_order.groupby("order_id")["amount"].sum()


@pytest.fixture(scope="module")
def with_code(frames) -> pd.DataFrame:
    """Orders with a code, which is split into ``prefix`` and ``pct``."""
    orders = frames["orders"].dropna(subset="discount_code")
    split = orders["discount_code"].str.extract(r"^(?P<prefix>[A-Z]+)(?P<pct>\d+)$")
    return orders.assign(prefix=split["prefix"], pct=split["pct"].astype(int))


def without_new_columns(path: Path) -> bytes:
    """The content of a file of orders as it was before it had the two columns."""
    lines = path.read_bytes().splitlines()
    return b"".join(b",".join(line.split(b",")[: len(OLD_COLUMNS)]) + b"\n" for line in lines)


def test_all_other_columns_and_files_are_the_same_as_before(small, tmp_path):
    write(small, tmp_path)
    content = {table: (tmp_path / f"{table}.csv").read_bytes() for table in HASHES_BEFORE}
    content["orders"] = without_new_columns(tmp_path / "orders.csv")

    assert (tmp_path / "orders.csv").read_text().splitlines()[0].split(",") == [*OLD_COLUMNS, *NEW_COLUMNS]
    assert {table: hashlib.sha256(text).hexdigest() for table, text in content.items()} == HASHES_BEFORE


def test_an_order_has_a_code_exactly_where_it_has_a_discount_on_the_whole_order(frames, order_discounts, with_code):
    assert set(with_code["order_id"]) == set(order_discounts.index)
    assert 0.1 < len(with_code) / len(frames["orders"]) < 0.25


def test_the_number_in_a_code_is_the_percentage_of_the_discount(frames, order_discounts, with_code):
    items, adjustments = frames["order_items"], frames["order_adjustments"]
    on_promotion = adjustments.loc[adjustments["kind"] == "discount", "item_id"].dropna()
    total = items[~items["item_id"].isin(on_promotion)].groupby("order_id")["total_price"].sum()
    total = total[total >= 1_000]  # of less, a rounded cent is more than half a percent
    pct = (100 * order_discounts / total).dropna().round().astype(int)
    codes = with_code.set_index("order_id")["pct"]

    assert len(pct) > 0.8 * len(codes)
    assert (codes.loc[pct.index] == pct).all()


def test_welcome_codes_are_those_of_first_orders(frames, with_code):
    orders = frames["orders"]
    is_welcome = with_code["prefix"] == "WELCOME"
    known = orders.dropna(subset="customer_id").drop_duplicates("customer_id")
    welcomed = with_code[is_welcome]

    assert set(with_code["prefix"]) == {"WELCOME", "BLACKFRIDAY", "SAVE"}
    assert len(welcomed) > 50
    assert set(welcomed["order_id"]) <= set(known["order_id"])
    # a customer who registered within the history and has no earlier order gets no generic code
    new = frames["customers"].query("registration_date >= '2023-01-01'")["customer_id"]
    first = with_code[with_code["order_id"].isin(known["order_id"]) & with_code["customer_id"].isin(new)]
    assert set(first["prefix"]) == {"WELCOME", "BLACKFRIDAY"}


def test_codes_of_a_sale_are_used_on_its_days_only(tmp_path):
    preset = PRESETS["outlet"]
    sizes = {"customers": 300, "products": 60, "orders": 3_000}
    write(Parameters(store=preset.store, behaviour=preset.behaviour, **sizes), tmp_path)
    days = pd.read_csv(tmp_path / "truth" / "days.csv").set_index("date")
    orders = pd.read_csv(tmp_path / "orders.csv").dropna(subset="discount_code")
    day = days.loc[orders["ordered_at"].str[:10]]
    prefix = orders["discount_code"].str.rstrip("0123456789").to_numpy()

    assert set(prefix) == {"SALE", "BLACKFRIDAY", "WELCOME", "SAVE"}
    assert ((prefix == "SALE") == (day["sale_factor"] > 1)).all()
    assert ((prefix == "BLACKFRIDAY") == (day["is_sale"] & (day["sale_factor"] == 1))).all()


def test_shares_of_the_channels_are_as_documented_and_the_app_grows(frames):
    orders = frames["orders"]
    shares = orders["sales_channel"].value_counts(normalize=True)
    of_app = (orders["sales_channel"] == "app").groupby(orders["day"].dt.year).mean()

    assert set(shares.index) == set(CHANNELS)
    assert shares[list(CHANNELS)].to_list() == pytest.approx([0.70, 0.25, 0.05], abs=0.04)
    assert of_app.is_monotonic_increasing
    assert of_app.iloc[-1] - of_app.iloc[0] > 0.04


def test_channels_repeat_per_customer(frames):
    orders = frames["orders"].dropna(subset="customer_id").sort_values(["customer_id", "ordered_at"], kind="stable")
    before = orders.groupby("customer_id")["sales_channel"].shift()
    repeats = (orders["sales_channel"] == before)[before.notna()].mean()
    by_chance = (orders["sales_channel"].value_counts(normalize=True) ** 2).sum()
    # both orders follow the habit, or the two agree by chance
    expected = HABIT_RATE**2 + (1 - HABIT_RATE**2) * by_chance

    assert repeats > by_chance + 0.2
    assert repeats == pytest.approx(expected, abs=0.03)


def test_guests_have_a_channel_and_no_welcome_code(frames, with_code):
    guests = frames["orders"][frames["orders"]["customer_id"].isna()]

    assert guests["sales_channel"].isin(CHANNELS).all()
    assert "WELCOME" not in set(with_code.loc[with_code["customer_id"].isna(), "prefix"])


def test_an_extension_has_the_columns_and_keeps_them_for_orders_told_again(harbour, tmp_path):
    shop = Parameters(store=harbour, customers=300, products=60, orders=4_000, years=1, until=date(2025, 9, 17))
    later = date(2025, 10, 26)
    write(shop, tmp_path)
    extend(tmp_path, later)
    known, told = (
        pd.read_csv(tmp_path / name, index_col="order_id", keep_default_na=False)
        for name in ("orders.csv", f"orders_{later}.csv")
    )
    again = told.index.intersection(known.index)
    at_once = (
        generate(replace(shop, through=later)).orders.to_pandas().set_index("order_id").fillna({NEW_COLUMNS[1]: ""})
    )

    assert list(told) == list(known)
    assert len(told) > len(again) > 0
    for column in NEW_COLUMNS:
        assert told.loc[again, column].equals(known.loc[again, column])
        assert (told[column] == at_once.loc[told.index, column]).all()


def test_deliveries_of_the_live_feed_have_the_columns(small, tmp_path):
    write(small, tmp_path)
    deliveries = list(itertools.islice(live(tmp_path, orders=40, late_rate=0.1), 3))
    told = pd.concat(pd.read_csv(path) for delivery in deliveries for path in delivery.folder.glob("orders_*.csv"))
    at_once = generate(replace(small, through=deliveries[-1].now.date())).orders.to_pandas().set_index("order_id")

    assert list(told) == [*OLD_COLUMNS, *NEW_COLUMNS]
    assert len(told) >= 120
    for column in NEW_COLUMNS:
        assert told[column].fillna("").to_list() == at_once.loc[told["order_id"], column].fillna("").to_list()


def test_a_shop_written_without_the_columns_is_refused_in_one_line(small, capsys, tmp_path):
    write(small, tmp_path)
    orders, manifest = tmp_path / "orders.csv", tmp_path / MANIFEST
    orders.write_bytes(without_new_columns(orders))
    noted = json.loads(manifest.read_text())
    noted["files"]["orders.csv"] = facts_of(orders, small.orders)
    noted["made_from"]["generator"] = "of an earlier version"
    manifest.write_text(json.dumps(noted))

    for options in (["extend", "--through", "2026-01-31"], ["live", "--for", "1s"]):
        assert run_command(lambda options=options: main([*options, "--out", str(tmp_path)])) == DataError.exit_code
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "holds a shop of another generator" in error
    assert not write(small, tmp_path).is_unchanged
    with orders.open(newline="") as rows:
        assert next(csv.reader(rows)) == [*OLD_COLUMNS, *NEW_COLUMNS]
