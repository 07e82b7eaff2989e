"""Sales of the whole shop: when they are, what they do, and what the store knows of them ahead."""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seeds_generator import TABLES, Behaviour, Parameters, extend, write
from seeds_generator.demand import make_demand
from seeds_generator.presets import PRESETS
from seeds_generator.sales import Sale
from seeds_generator.streams import Streams
from warehouse import REPOSITORY

SEED = REPOSITORY / "dbt_project" / "seeds" / "calendar_events.csv"
OUTLET = PRESETS["outlet"]


@pytest.fixture(scope="module")
def outlet() -> Parameters:
    return Parameters(store=OUTLET.store, behaviour=OUTLET.behaviour, **OUTLET.sizes)


@pytest.fixture(scope="module")
def folder(outlet, tmp_path_factory) -> Path:
    """The outlet in files, with its truth."""
    made = tmp_path_factory.mktemp("outlet")
    write(outlet, made)
    return made


@pytest.fixture(scope="module")
def days(folder) -> pd.DataFrame:
    """Each day of the history with its factors and the orders that came."""
    days = pd.read_csv(folder / "truth" / "days.csv", parse_dates=["date"]).set_index("date")[:"2025-12-31"]
    ordered = pd.to_datetime(pd.read_csv(folder / "orders.csv", usecols=["ordered_at"])["ordered_at"].str[:10])
    days["orders"] = ordered.value_counts().reindex(days.index, fill_value=0)
    return days


@pytest.fixture(scope="module")
def events(folder) -> pd.DataFrame:
    return pd.read_csv(folder / "truth" / "calendar_events.csv", parse_dates=["starts_on", "ends_on"])


def sales_of(parameters: Parameters) -> list[Sale]:
    demand = make_demand(parameters, Streams(parameters.seed, parameters.store.store_id))
    return [sale for sale in demand.sales if sale.name == "Sale" and sale.first_date >= demand.days[demand.first]]


def test_sales_come_at_irregular_times_one_at_a_time(outlet):
    demand = make_demand(outlet, Streams(outlet.seed, outlet.store.store_id))
    own = sales_of(outlet)
    length_days = [int((sale.last_date - sale.first_date).astype(int)) + 1 for sale in own]
    pause_days = [int((after.first_date - sale.last_date).astype(int)) - 1 for sale, after in itertools.pairwise(own)]
    on = np.sum([sale.is_on(demand.days) for sale in demand.sales], axis=0)
    per_year = Counter(sale.first_date.astype(date).year for sale in own)

    assert {min(length_days), max(length_days)} == {3, 9}
    assert min(pause_days) >= 1
    assert np.std(pause_days) > 5
    assert on.max() == 1  # none on Black Friday's days either
    assert {per_year[year] for year in (2023, 2024, 2025, 2026)} <= {11, 12, 13, 14, 15}
    assert {sale.pct for sale in own} == {20, 30, 40, 50}


def test_a_sale_depends_on_no_other_one_and_not_on_what_history_is_asked_for(outlet):
    asked = replace(outlet, years=1, until=date(2025, 6, 30), orders=7_000, customers=900)
    without_fridays = replace(
        outlet, behaviour=replace(outlet.behaviour, black_friday_days=(), black_friday_factors=())
    )
    known, again, more = (
        {sale.first_date: sale for sale in sales_of(parameters)} for parameters in (outlet, asked, without_fridays)
    )

    assert len(again) > 20
    assert again.items() <= known.items()
    assert known.items() < more.items()


def test_demand_on_the_days_of_a_sale_is_lifted_by_its_percentage(days, events):
    behaviour = OUTLET.behaviour
    lifts = dict(zip(behaviour.sale_pcts, behaviour.sale_lifts, strict=True))
    expected = pd.Series(1.0, index=days.index)
    for sale in events[events["event_name"] == "Sale"].itertuples():
        expected[sale.starts_on : sale.ends_on] = lifts[sale.discount_pct]
    pd.testing.assert_series_equal(days["sale_factor"], expected, check_names=False)

    # what is left without the sale follows the other factors and the number of customers
    usual = days["orders"] / (days["demand"] / days["sale_factor"])
    level = usual[days["sale_factor"] == 1].rolling(61, center=True, min_periods=20).mean()
    seen = (usual / level.reindex(days.index).interpolate()).groupby(days["sale_factor"]).mean()
    assert set(seen.index) == {1.0, *lifts.values()}
    assert seen.to_numpy() == pytest.approx(seen.index.to_numpy(), rel=0.06)
    assert days.loc[days["sale_factor"] > 1, "orders"].sum() / days["orders"].sum() == pytest.approx(0.4, abs=0.05)


def test_of_the_orders_in_a_sale_so_many_have_its_percentage(folder, days):
    orders = pd.read_csv(folder / "orders.csv", usecols=["order_id", "ordered_at"]).set_index("order_id")
    items = pd.read_csv(folder / "order_items.csv")
    adjustments = pd.read_csv(folder / "order_adjustments.csv").query("kind == 'discount'")
    on_promotion = set(adjustments["item_id"].dropna())
    total = items[~items["item_id"].isin(on_promotion)].groupby("order_id")["total_price"].sum()
    total = total[total >= 5]  # of less, a rounded cent is more than half a percent
    coupon = -adjustments[adjustments["item_id"].isna()].groupby("order_id")["amount"].sum()
    pct = (100 * coupon.reindex(total.index, fill_value=0) / total).round()
    day = pd.to_datetime(orders["ordered_at"].str[:10]).reindex(total.index)
    factor = day.map(days["sale_factor"])

    behaviour = OUTLET.behaviour
    for sale_pct, lift in zip(behaviour.sale_pcts, behaviour.sale_lifts, strict=True):
        given = pct[factor == lift]
        assert set(given) == {0, sale_pct}
        assert (given > 0).mean() == pytest.approx(behaviour.sale_discount_rate, abs=0.04)
    assert set(pct[factor == 1]) == {0, *behaviour.discount_pcts}


@pytest.fixture(scope="module")
def revenue(folder, days) -> pd.DataFrame:
    """Goods less discounts of orders that were not cancelled, ``seen`` and ``expected``, per day."""
    orders = pd.read_csv(folder / "orders.csv").query("status != 'cancelled'")
    discounts = pd.read_csv(folder / "order_adjustments.csv").query("kind == 'discount'")
    goods = pd.read_csv(folder / "order_items.csv").groupby("order_id")["total_price"].sum()
    net = goods.add(discounts.groupby("order_id")["amount"].sum(), fill_value=0).reindex(orders["order_id"])
    seen = net.groupby(pd.to_datetime(orders["ordered_at"].str[:10]).to_numpy()).sum()
    expected = pd.read_csv(folder / "truth" / "expected_revenue.csv", parse_dates=["date"])
    expected = expected.groupby("date")["expected_net_before_returns"].sum()
    return pd.DataFrame({"seen": seen, "expected": expected}).reindex(days.index).fillna(0)


def test_expected_revenue_reckons_with_sales(revenue, days):
    by_factor = revenue.groupby(days["sale_factor"]).sum()

    assert (by_factor["seen"] / by_factor["expected"]).to_numpy() == pytest.approx(1, abs=0.05)
    assert revenue["seen"].sum() / revenue["expected"].sum() == pytest.approx(1, abs=0.02)


def test_most_of_what_moves_the_outlets_revenue_is_sales(revenue, days):
    """Who knows all but the sales errs more than twice as much as who knows them too: the calendar is worth having."""
    behaviour = OUTLET.behaviour
    kept = {
        lift: 1 - behaviour.sale_discount_rate * pct / 100
        for pct, lift in zip(behaviour.sale_pcts, behaviour.sale_lifts, strict=True)
    }
    without = revenue["expected"] / (days["sale_factor"] * days["sale_factor"].map(kept).fillna(1))
    without *= revenue["expected"].sum() / without.sum()
    errors = {
        name: np.sqrt(((revenue["seen"] - forecast) ** 2).mean()) / revenue["seen"].mean()
        for name, forecast in (("with", revenue["expected"]), ("without", without))
    }

    assert errors["with"] < 0.22
    assert errors["with"] < 0.4 * errors["without"]


def test_the_events_are_written_as_the_projects_calendar_wants_them(folder, events):
    header = SEED.read_text().splitlines()[0].split(",")
    promotions = pd.read_csv(folder / "truth" / "promotions.csv").set_index("promotion_id")
    products = pd.read_csv(folder / "products.csv")
    of_products = events[events["product_id"].notna()]

    assert list(events) == header
    assert set(events["store_id"]) == {"outlet"}
    assert set(events["event_kind"]) == {"promotion"}
    assert not events.duplicated(["store_id", "event_name", "starts_on", "category", "product_id"]).any()
    assert events["ends_on"].max() > pd.Timestamp("2026-12-01")  # the year to come
    assert set(events.loc[events["product_id"].isna(), "event_name"]) == {"Sale", "Black Friday"}
    assert of_products.merge(products, on=["product_id", "category"]).shape[0] == len(of_products)
    for name, rows in of_products.groupby("event_name"):
        assert set(rows["product_id"]) <= set(promotions.loc[name, "product_ids"].split())
        assert set(rows["discount_pct"]) == {promotions.loc[name, "discount_pct"]}


def test_the_calendar_that_ships_has_the_black_fridays_of_harbour_home(small, tmp_path):
    write(replace(small, years=5, until=date(2026, 12, 31)), tmp_path)
    with (tmp_path / "truth" / "calendar_events.csv").open(newline="") as rows:
        written = [row for row in csv.reader(rows) if row[1] == "Black Friday"]
    with SEED.open(newline="") as rows:
        shipped = [row for row in csv.reader(rows) if row[0] == "harbour"]

    assert written == shipped
    assert len(shipped) == 6


def test_an_outlet_that_goes_on_equals_the_one_made_at_once(outlet, tmp_path):
    small = replace(outlet, customers=200, products=40, orders=2_000, years=1, until=date(2025, 3, 31))
    later = date(2025, 7, 15)
    write(small, tmp_path / "grown")
    extend(tmp_path / "grown", later)
    write(replace(small, through=later), tmp_path / "at_once")

    for table in TABLES:
        rows = {}
        for name in (f"{table}.csv", f"{table}_{later}.csv"):
            path = tmp_path / "grown" / name
            if path.exists():
                rows.update((line.split(",")[1], line) for line in path.read_text().splitlines()[1:])
        assert sorted(rows.values()) == sorted((tmp_path / "at_once" / f"{table}.csv").read_text().splitlines()[1:])
    for path in (tmp_path / "at_once" / "truth").iterdir():
        assert path.read_bytes() == (tmp_path / "grown" / "truth" / path.name).read_bytes(), path.name


def test_a_shop_without_sales_is_the_same_whatever_its_sales_would_be(small, contents, tmp_path):
    write(small, tmp_path / "plain")
    write(replace(small, behaviour=Behaviour(sale_pcts=(70,), sale_lifts=(9.0,))), tmp_path / "other")

    assert contents(tmp_path / "plain") == contents(tmp_path / "other")
