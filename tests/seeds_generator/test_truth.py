"""The truth beside the files is true: what is written as known comes out of the files again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seeds_generator import Behaviour, Parameters, write
from tests.seeds_generator import bg_nbd

DAYS = ["date", "first_date", "last_date", "dropout_date", "valid_from", "launch_date", "end_date"]


def read(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of a shop and those of its truth, these under ``truth/``; with the store's day of orders."""
    frames = {path.stem: pd.read_csv(path) for path in folder.glob("*.csv")}
    for path in (folder / "truth").glob("*.csv"):
        frames[f"truth/{path.stem}"] = frame = pd.read_csv(path)
        for column in frame.columns.intersection(DAYS):
            frame[column] = pd.to_datetime(frame[column])
    frames["orders"]["day"] = pd.to_datetime(frames["orders"]["ordered_at"].str[:10])
    frames["order_adjustments"]["day"] = pd.to_datetime(frames["order_adjustments"]["adjusted_at"].str[:10])
    items = frames["order_items"].merge(frames["orders"][["order_id", "day", "status", "customer_id"]], on="order_id")
    frames["order_items"] = items.merge(frames["products"][["product_id", "category"]], on="product_id")
    return frames


@pytest.fixture(scope="module")
def large(harbour, tmp_path_factory) -> Path:
    """A folder with a shop that is large enough for what is small: effects of single promotions."""
    folder = tmp_path_factory.mktemp("large")
    write(Parameters(store=harbour, customers=20_000, products=300, orders=200_000), folder)
    return folder


@pytest.fixture(scope="module")
def frames(large) -> dict[str, pd.DataFrame]:
    return read(large)


@pytest.fixture(scope="module")
def known(large) -> dict:
    return json.loads((large / "truth" / "parameters.json").read_text())


@pytest.fixture(scope="module")
def sold(frames) -> pd.DataFrame:
    """Goods lines of orders that were not cancelled."""
    items = frames["order_items"]
    return items[items["status"] != "cancelled"]


def test_orders_of_weekdays_months_and_holidays_are_as_the_factors_say(frames):
    orders = frames["orders"].groupby("day").size()
    days = frames["truth/days"].set_index("date").loc[orders.index]
    # what is left when the demand is taken out follows the number of customers only, and that is smooth
    left = orders / days["demand"]
    smooth = left.rolling(91, center=True, min_periods=30).mean()
    relative = left / smooth

    by_weekday = relative.groupby(relative.index.day_of_week).mean()
    assert by_weekday.between(0.97, 1.03).all()
    by_month = relative.groupby(relative.index.month).mean()
    assert by_month.between(0.95, 1.05).all()
    assert relative[days["holiday_factor"] < 1].mean() == pytest.approx(1, abs=0.05)
    assert relative[days["black_friday_factor"] > 1].mean() == pytest.approx(1, abs=0.06)
    seen = orders.groupby(orders.index.day_of_week).mean()
    assert seen[5] / seen[0] == pytest.approx(0.78 / 1.16, rel=0.06)


def test_revenue_of_each_category_and_year_is_what_was_expected(frames, sold):
    expected = frames["truth/expected_revenue"]
    expected = expected.groupby([expected["date"].dt.year, "category"])["expected_gross_revenue"].sum().unstack()
    seen = sold.groupby([sold["day"].dt.year, "category"])["total_price"].sum().unstack()

    assert (seen / expected.loc[seen.index]).to_numpy() == pytest.approx(1, abs=0.06)
    assert seen.to_numpy().sum() / expected.loc[seen.index].to_numpy().sum() == pytest.approx(1, abs=0.015)


def test_discounts_are_what_was_expected(frames):
    adjustments = frames["order_adjustments"].merge(frames["orders"][["order_id", "status"]], on="order_id")
    given = adjustments[(adjustments["kind"] == "discount") & (adjustments["status"] != "cancelled")]["amount"].sum()
    expected = frames["truth/expected_revenue"]
    in_history = expected["date"] <= "2025-12-31"

    assert -given / expected.loc[in_history, "expected_discounts"].sum() == pytest.approx(1, abs=0.03)


def test_promotions_lift_what_is_sold_as_the_truth_says(frames):
    items = frames["order_items"]
    promotions = frames["truth/promotions"]
    promotions = promotions[promotions["last_date"] <= "2025-12-31"]
    units = [
        items.loc[
            items["day"].between(row.first_date, row.last_date) & items["product_id"].isin(row.product_ids.split()),
            "quantity",
        ].sum()
        for row in promotions.itertuples()
    ]
    factor = (promotions["expected_units"] / promotions["expected_units_without"]).mean()

    assert sum(units) / promotions["expected_units"].sum() == pytest.approx(1, abs=0.03)
    # the lift itself: sold beside what would have been sold
    assert sum(units) / promotions["expected_units_without"].sum() == pytest.approx(factor, rel=0.06)
    assert 1.8 < factor < 2.6


def test_a_promoted_line_is_cheaper_by_the_percentage_of_its_promotion(frames):
    promotion = frames["truth/promotions"].iloc[3]
    items = frames["order_items"]
    lines = items[
        items["day"].between(promotion.first_date, promotion.last_date)
        & items["product_id"].isin(promotion.product_ids.split())
    ]
    cheaper = frames["order_adjustments"].query("kind == 'discount'").merge(lines, on="item_id")

    assert len(cheaper) == len(lines) > 100
    assert np.abs(cheaper["amount"] + cheaper["total_price"] * promotion.discount_pct / 100).max() <= 0.0051


def test_prices_are_those_of_the_day_and_demand_answers_by_the_elasticity(frames, sold):
    prices = frames["truth/prices"].sort_values("valid_from")
    lines = pd.merge_asof(sold.sort_values("day"), prices, left_on="day", right_on="valid_from", by="product_id")
    assert (lines["unit_price"] == lines["price"]).all()
    assert ((lines["cost"] < lines["price"]) & (lines["cost"] > 0.2 * lines["price"])).all()

    # what a product sells after a price change beside before, against the change: the slope is minus the elasticity
    truth = frames["truth/products"].set_index("product_id")
    lasting = truth[(truth["launch_date"] < "2022-06-01") & truth["end_date"].isna()].index
    promoted = {product for ids in frames["truth/promotions"]["product_ids"] for product in ids.split()}
    changes = []
    for product in lasting:
        own = prices[(prices["product_id"] == product) & prices["valid_from"].between("2023-04-01", "2025-09-30")]
        before = prices[prices["product_id"] == product].shift(1).loc[own.index, "price"]
        for day, price, old in zip(own["valid_from"], own["price"], before, strict=True):
            if price == old:
                continue
            units = sold[sold["product_id"] == product].set_index("day")["quantity"]
            all_units = sold.set_index("day")["quantity"]
            span = timedelta(days=90)
            here = [units[day : day + span].sum(), units[day - span : day - timedelta(days=1)].sum()]
            total = [all_units[day : day + span].sum(), all_units[day - span : day - timedelta(days=1)].sum()]
            if min(here) > 20:
                answer = np.log(here[0] / here[1] / (total[0] / total[1]))
                changes.append((np.log(price / old), answer, truth.loc[product, "elasticity"], min(here)))
    change, answer, elasticity, weight = np.array(changes).T
    slope = np.polyfit(change, answer, 1, w=np.sqrt(weight))[0]

    assert promoted
    assert len(changes) > 100
    assert -slope == pytest.approx(elasticity.mean(), abs=0.9)


def test_nothing_is_sold_before_its_launch_after_its_end_or_while_it_is_out_of_stock(frames):
    lines = frames["order_items"].merge(frames["truth/products"], on="product_id")
    stock_outs = frames["truth/stock_outs"]
    of_that_day = lines.merge(stock_outs, left_on=["product_id", "day"], right_on=["product_id", "date"])

    assert (lines["day"] >= lines["launch_date"]).all()
    assert (lines["day"] < lines["end_date"].fillna(pd.Timestamp("2100-01-01"))).all()
    assert of_that_day.empty
    assert len(stock_outs) > 1_000


def test_lost_demand_is_what_was_expected(frames):
    lost = frames["truth/stock_outs"]["lost_gross_revenue"].sum()
    expected = frames["truth/expected_revenue"]
    expected = expected.loc[expected["date"] <= "2025-12-31", "expected_lost_gross_revenue"].sum() / 0.975

    assert lost / expected == pytest.approx(1, abs=0.05)
    assert 0.005 < lost / frames["order_items"]["total_price"].sum() < 0.05


def test_revenue_is_concentrated_as_it_is_in_shops(frames, sold):
    of_customers = sold.groupby("customer_id")["total_price"].sum().sort_values()
    of_products = sold.groupby("product_id")["total_price"].sum().sort_values()

    for spent, low, high in ((of_customers, 0.50, 0.75), (of_products, 0.45, 0.80)):
        assert low < spent.tail(len(spent) // 5).sum() / spent.sum() < high


def test_as_much_comes_back_and_is_cancelled_as_the_rates_say(frames, known):
    orders = frames["orders"][frames["orders"]["day"] < "2025-10-01"]  # long enough ago that all returns are in
    refunded = frames["order_adjustments"].query("kind == 'refund'")["order_id"]
    kept = orders[orders["status"] != "cancelled"]

    assert kept["order_id"].isin(refunded).mean() == pytest.approx(known["behaviour"]["refund_rate"], rel=0.04)
    cancelled = (orders["status"] == "cancelled").mean()
    assert cancelled == pytest.approx(known["behaviour"]["cancellation_rate"], rel=0.06)


def test_a_customer_spends_as_their_own_mean_says(frames):
    truth = frames["truth/customers"].set_index("customer_id")
    spent = frames["order_items"].groupby(["customer_id", "order_id"])["total_price"].sum().groupby("customer_id")
    often = spent.size() >= 20
    ratio = spent.mean()[often] / truth["mean_order_value"]

    # the truth is net of discounts and of the year to come, with its prices
    expected = frames["truth/expected_revenue"]
    orders = expected["expected_orders_of_the_day"] / expected["category"].nunique()
    is_past = expected["date"] <= "2025-12-31"
    then = expected.loc[is_past, "expected_gross_revenue"].sum() / orders[is_past].sum()
    to_come = expected.loc[~is_past, "expected_net_before_returns"].sum() / orders[~is_past].sum()
    assert ratio.mean() == pytest.approx(then / to_come, rel=0.02)
    assert np.corrcoef(spent.mean()[often], truth["mean_order_value"][often[often].index])[0, 1] > 0.85


def test_nobody_orders_after_dropping_out_and_rates_are_kept_until_then(frames):
    truth = frames["truth/customers"].set_index("customer_id")
    orders = frames["orders"].dropna(subset="customer_id")
    last = orders.groupby("customer_id")["day"].max()
    dropped = truth["dropout_date"].reindex(last.index)
    assert (last <= dropped.fillna(pd.Timestamp("2100-01-01"))).all()

    customers = frames["customers"].set_index("customer_id")
    stays = truth["dropout_date"].isna() & (customers["registration_date"] < "2024-01-01")
    count = orders[orders["day"] >= "2024-06-01"].groupby("customer_id").size().reindex(truth.index, fill_value=0)
    demand = frames["truth/days"].set_index("date")["demand"]["2024-06-01":"2025-12-31"].sum()
    # of those who stay, as many orders as the rates say, less because who has ordered more has left more
    assert count[stays].sum() / (truth.loc[stays, "purchase_rate_per_day"].sum() * demand) == pytest.approx(
        0.95, abs=0.05
    )


def test_the_value_of_a_customer_is_what_the_shop_earns_when_it_goes_on(harbour, tmp_path):
    parameters = Parameters(
        store=harbour, customers=2_000, products=200, orders=15_000, years=1, until=date(2024, 6, 30)
    )
    write(parameters, tmp_path / "now")
    write(replace(parameters, through=date(2025, 8, 31)), tmp_path / "later")
    later = read(tmp_path / "later")
    truth = read(tmp_path / "now")["truth/customers"].set_index("customer_id")

    orders = later["orders"].set_index("order_id")
    for days in (90, 180, 365):
        last = pd.Timestamp("2024-06-30") + timedelta(days=days)
        items, adjustments = (
            later["order_items"],
            later["order_adjustments"].join(orders[["customer_id", "status"]], on="order_id"),
        )
        earned = pd.concat(
            [
                frame.loc[
                    frame["day"].between("2024-07-01", last) & (frame["status"] != "cancelled"),
                    ["customer_id", amount],
                ].set_axis(["customer_id", "amount"], axis=1)
                for frame, amount in (
                    (items, "total_price"),
                    (adjustments[adjustments["kind"].isin(["discount", "refund"])], "amount"),
                )
            ]
        )
        earned = earned.groupby("customer_id")["amount"].sum().reindex(truth.index, fill_value=0).round(2)
        pd.testing.assert_series_equal(earned, truth[f"value_{days}_days"], check_names=False, rtol=0, atol=0.005)

    expected, true = truth["expected_value_365_days"], truth["value_365_days"]
    assert expected.sum() / true.sum() == pytest.approx(1, abs=0.1)
    assert np.corrcoef(expected, true)[0, 1] > 0.5


def test_a_fit_of_bg_nbd_gives_back_the_parameters_that_made_the_shop(harbour, tmp_path):
    """Where every day has the same demand, so that the model's assumptions hold in calendar time."""
    even = Behaviour(
        weekday_factors=(1.0,) * 7,
        month_factors=(1.0,) * 12,
        holiday_factor=1.0,
        after_holiday_factor=1.0,
        christmas_days=(0,),
        christmas_factors=(1.0,),
        black_friday_days=(),
        black_friday_factors=(),
        demand_growth_rate=0.0,
        noise_deviation=0.0,
        established_rate=0.0,
        basket_lines=1.0,
    )
    write(Parameters(store=harbour, customers=60_000, products=30, orders=300_000, years=2, behaviour=even), tmp_path)
    known = json.loads((tmp_path / "truth" / "parameters.json").read_text())["bg_nbd"]
    orders = pd.read_csv(tmp_path / "orders.csv", usecols=["customer_id", "ordered_at"]).dropna()
    customers = pd.read_csv(tmp_path / "customers.csv", usecols=["customer_id", "registration_date"])
    # in days with fractions: two orders of one day are two
    moment = pd.to_datetime(orders["ordered_at"], utc=True)
    lives = moment.groupby(orders["customer_id"]).agg(["count", "min", "max"])
    day = pd.Timedelta(days=1)
    frequency = (lives["count"] - 1).to_numpy()
    recency = ((lives["max"] - lives["min"]) / day).to_numpy()
    age = ((pd.Timestamp("2026-01-01", tz="Europe/Berlin") - lives["min"]) / day).to_numpy()
    fitted = bg_nbd.fit(frequency, recency, age)

    assert len(lives) > 0.9 * len(customers)
    made_from = {"r": known["r"], "alpha": known["alpha_days"], "a": known["a"], "b": known["b"]}
    assert fitted == pytest.approx(made_from, rel=0.1)


def test_the_truth_is_never_loaded(large):
    from ingestion.files import find_files

    found, passed_over = find_files([large])

    assert {path.parent for path in found} == {large}
    assert passed_over == []
