"""A shop behaves as its parameters say: days, seasons, customers, products, returns."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest


def test_as_many_as_asked(frames, parameters):
    assert len(frames["customers"]) == parameters.customers
    assert len(frames["products"]) == parameters.products
    assert len(frames["orders"]) == parameters.orders
    assert len(frames["order_items"]) >= 2 * parameters.orders


def test_the_history_ends_with_an_order_on_its_last_day_and_nothing_after(frames, parameters):
    days = frames["orders"]["day"]

    assert days.min() >= pd.Timestamp(date(2023, 1, 1))
    assert days.max() == pd.Timestamp(parameters.until)
    assert frames["order_adjustments"]["day"].max() <= pd.Timestamp(parameters.until)


def test_orders_are_numbered_in_the_order_of_time(frames):
    assert frames["orders"]["order_id"].is_monotonic_increasing
    assert frames["orders"]["ordered_at"].is_monotonic_increasing


def test_nobody_orders_before_registering(frames):
    orders = frames["orders"].merge(frames["customers"], on="customer_id")

    assert (orders["day"] >= orders["registration_date"]).all()


def test_many_register_with_their_first_order(frames):
    first = frames["orders"].groupby("customer_id")["day"].min()
    registered = frames["customers"].set_index("customer_id")["registration_date"]
    new = registered[registered >= "2023-01-01"]

    assert (first.reindex(new.index) == new).mean() == pytest.approx(0.88, abs=0.02)


def test_refunds_come_days_after_the_order_on_working_days(frames):
    adjustments = frames["order_adjustments"]
    refunds = adjustments[adjustments["kind"] == "refund"].merge(frames["orders"], on="order_id")
    wait_days = (refunds["day_x"] - refunds["day_y"]).dt.days

    assert wait_days.min() >= 3
    assert 8 < wait_days.median() < 20
    assert (refunds["day_x"].dt.day_of_week < 5).all()
    assert len(refunds) / len(frames["orders"]) == pytest.approx(0.072, abs=0.008)


def test_what_is_charged_when_ordering_bears_the_time_of_the_order(frames):
    adjustments = frames["order_adjustments"].merge(frames["orders"], on="order_id")
    at_ordering = adjustments[adjustments["kind"] != "refund"]

    assert (at_ordering["adjusted_at"] == at_ordering["ordered_at"]).all()


def test_weekdays_differ_as_they_should(orders_per_day):
    weekly = orders_per_day.groupby(orders_per_day.index.day_of_week).mean()

    assert weekly.idxmax() == 0
    assert weekly.idxmin() == 5
    assert weekly[5] / weekly[0] == pytest.approx(0.78 / 1.16, rel=0.1)


def test_the_year_has_a_season_and_the_shop_grows(orders_per_day):
    monthly = orders_per_day.groupby(orders_per_day.index.month).mean()
    yearly = orders_per_day.groupby(orders_per_day.index.year).sum()

    assert monthly[11] > 1.25 * monthly[7]
    assert 1.05 < yearly[2024] / yearly[2023] < 1.5
    assert 1.05 < yearly[2025] / yearly[2024] < 1.5


def test_holidays_are_quiet_and_black_friday_is_not(orders_per_day):
    usual = orders_per_day.rolling(29, center=True).median()
    ratio = orders_per_day / usual
    holidays = pd.to_datetime(["2023-05-01", "2024-05-01", "2025-05-01", "2023-10-03", "2024-10-03", "2025-10-03"])
    black_fridays = pd.to_datetime(["2023-11-24", "2024-11-29", "2025-11-28"])

    assert ratio[holidays].mean() < 0.75
    assert (ratio[black_fridays] > 1.5).all()


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_gifts_are_ordered_until_they_would_come_too_late(orders_per_day, year):
    autumn = orders_per_day[f"{year}-10-15" : f"{year}-11-14"].mean()

    assert orders_per_day[f"{year}-12-10" : f"{year}-12-17"].mean() > 1.15 * autumn
    assert orders_per_day[f"{year}-12-20" : f"{year}-12-24"].mean() < 0.9 * autumn
    assert orders_per_day[f"{year}-12-25" : f"{year}-12-26"].mean() < 0.45 * autumn


def test_people_sleep(frames):
    hours = frames["orders"]["ordered_at"].dt.hour.value_counts(normalize=True)

    assert hours[[1, 2, 3, 4]].sum() < 0.03
    assert hours[[18, 19, 20, 21]].sum() > 0.25


def test_customers_differ_some_never_buy_and_some_leave(frames, parameters):
    orders = frames["orders"].dropna(subset="customer_id")
    counts = orders.groupby("customer_id").size()
    last = orders.groupby("customer_id")["day"].max()

    assert 0.10 < 1 - len(counts) / parameters.customers < 0.25
    assert 0.75 < (counts > 1).mean() < 0.97
    assert counts.std() > counts.mean()  # with equal rates it would be its square root
    assert 0.2 < (last < pd.Timestamp(parameters.until) - pd.Timedelta(days=180)).mean() < 0.7
    spent = orders.groupby("customer_id")["total_amount"].sum().sort_values()
    assert 0.45 < spent.tail(len(spent) // 5).sum() / spent.sum() < 0.8


def test_a_few_orders_are_of_guests_and_a_few_are_cancelled(frames):
    orders = frames["orders"]

    assert orders["customer_id"].isna().mean() == pytest.approx(0.04, abs=0.002)
    assert (orders["status"] == "cancelled").mean() == pytest.approx(0.025, abs=0.005)
    assert set(orders["status"]) == {"completed", "cancelled", "returned"}


def test_few_products_make_most_sales(frames):
    sold = frames["order_items"].groupby("product_id")["quantity"].sum().sort_values()

    assert 0.45 < sold.tail(len(sold) // 5).sum() / sold.sum() < 0.85
    assert sold.max() / sold.sum() < 0.1


def test_a_city_lies_in_its_region_and_country(frames):
    customers = frames["customers"]

    assert customers["email"].dropna().is_unique
    assert customers["email"].dropna().str.fullmatch(r"[\w.-]+@example\.(com|net|org)", flags=0).all()
    assert (customers["country"] == "DE").mean() == pytest.approx(0.91, abs=0.03)
    assert set(customers.loc[customers["city"] == "Köln", "region"]) == {"Nordrhein-Westfalen"}
    assert set(customers.loc[customers["city"] == "Wien", "country"]) == {"AT"}
