"""Each kind of shop is of its kind."""

from __future__ import annotations

import pandas as pd
import pytest

from ingestion import read_source
from seeds_generator import TABLES, Parameters, generate
from seeds_generator.presets import PRESETS


@pytest.fixture(scope="module")
def shops() -> dict[str, dict[str, pd.DataFrame]]:
    """The tables of every preset, at its usual size."""
    made = {}
    for name, preset in PRESETS.items():
        shop = generate(Parameters(store=preset.store, behaviour=preset.behaviour, **preset.sizes))
        made[name] = frames = {table: getattr(shop, table).to_pandas() for table in TABLES}
        frames["orders"]["day"] = frames["orders"]["ordered_at"].dt.tz_localize(None).dt.normalize()
    return made


def per_weekday(orders: pd.DataFrame) -> pd.Series:
    """Share of the orders of each weekday, Monday first."""
    return orders["day"].dt.day_of_week.value_counts(normalize=True).reindex(range(7), fill_value=0.0)


def repeat_rate(orders: pd.DataFrame) -> float:
    """Share of buyers who bought again."""
    return float((orders.groupby("customer_id").size() > 1).mean())


def test_the_grocer_s_week_decides_and_baskets_are_large(shops):
    orders, items = shops["grocer"]["orders"], shops["grocer"]["order_items"]
    week = per_weekday(orders)

    assert week[5] > 2 * week[1] > 2 * week[6]
    assert len(items) / len(orders) > 6
    assert repeat_rate(orders) > 0.9


def test_the_wholesaler_is_closed_on_weekends_and_holidays_and_sells_by_the_carton(shops):
    orders, items = shops["wholesaler"]["orders"], shops["wholesaler"]["order_items"]

    assert per_weekday(orders)[[5, 6]].sum() == 0
    assert not orders["day"].isin(pd.to_datetime(["2024-07-04", "2025-11-27", "2023-12-25"])).any()
    assert (items["quantity"] % 6 == 0).all()
    assert set(shops["wholesaler"]["customers"]["customer_segment"]) == {"business"}


def test_three_per_cent_of_the_marketplace_s_buyers_come_again(shops):
    assert repeat_rate(shops["marketplace"]["orders"]) == pytest.approx(0.03, abs=0.01)


def test_much_comes_back_to_the_boutique(shops):
    orders, adjustments = shops["boutique"]["orders"], shops["boutique"]["order_adjustments"]
    refunded = adjustments[adjustments["kind"] == "refund"]["order_id"]

    assert orders["order_id"].isin(refunded).mean() == pytest.approx(0.21, abs=0.02)
    assert len(shops["boutique"]["products"]) == 120


def test_currencies_zones_and_places_are_the_stores_own(shops):
    found = {
        name: (*set(tables["orders"]["currency"]), str(tables["orders"]["ordered_at"].dt.tz))
        for name, tables in shops.items()
    }

    assert found == {
        "boutique": ("GBP", "Europe/London"),
        "grocer": ("EUR", "Europe/Amsterdam"),
        "wholesaler": ("USD", "America/New_York"),
        "marketplace": ("BRL", "America/Sao_Paulo"),
        "outlet": ("EUR", "Europe/Berlin"),
    }
    assert {"Chicago", "Houston"} <= set(shops["wholesaler"]["customers"]["city"])
    assert {"Curitiba", "São Paulo"} <= set(shops["marketplace"]["customers"]["city"])


@pytest.mark.parametrize("name", PRESETS)
def test_every_kind_has_the_size_asked_and_the_columns_of_the_source(shops, name):
    tables, sizes = shops[name], PRESETS[name].sizes
    columns = {
        table.name: [
            column.name for column in table.columns if not column.is_optional or column.name in tables[table.name]
        ]
        for table in read_source("shop").tables
    }

    assert len(tables["orders"]) == sizes["orders"]
    assert len(tables["customers"]) == sizes["customers"]
    assert tables["products"]["product_name"].is_unique
    for table in TABLES:
        assert [column for column in tables[table] if column != "day"] == columns[table]
    assert (tables["products"]["price"] > tables["products"]["cost"]).all()


@pytest.mark.parametrize(
    ("name", "seed", "size"),
    [
        ("wholesaler", 3, {"customers": 100, "orders": 3_000}),  # one order more lies where the history ends
        ("marketplace", 9, {"customers": 1_100, "orders": 1_020}),
        ("marketplace", 1, {"customers": 1_100, "orders": 700}),  # more would register while ordering
        ("marketplace", 8, {"customers": 1_100, "orders": 700}),  # as many would, and others order too
    ],
)
def test_a_shop_without_guests_has_as_many_orders_as_asked_all_of_customers(name, seed, size):
    preset = PRESETS[name]
    shop = generate(Parameters(store=preset.store, behaviour=preset.behaviour, seed=seed, products=20, years=2, **size))

    assert shop.orders.num_rows == size["orders"]
    assert shop.orders["customer_id"].null_count == 0
