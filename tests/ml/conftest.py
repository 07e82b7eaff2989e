"""Histories in which the answer is known, and marts to forecast from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml.forecasting.calendars import Calendar
from warehouse import Warehouse

WEEKDAY_FACTORS = np.array([1.0, 0.95, 0.97, 1.0, 1.15, 1.3, 0.8])

MARTS = """
create schema marts;
create table marts.dim_stores (
    store_id text, store_name text, country_code text, currency text, as_of_date date
);
create table marts.fct_daily_revenue (
    store_id text, revenue_date date, net_revenue numeric(18, 4), order_count integer
);
create table marts.fct_daily_revenue_by_category (
    store_id text, category text, revenue_date date, net_revenue numeric(18, 4)
);
create table marts.fct_daily_revenue_by_country (
    store_id text, country_code text, revenue_date date, net_revenue numeric(18, 4)
);
create table marts.fct_daily_revenue_by_product (
    store_id text, product_id text, revenue_date date, net_revenue numeric(18, 4)
);
create table marts.dim_products (store_id text, product_id text, category text);
create table marts.dim_calendar_events (
    store_id text, event_name text, event_kind text, starts_on date, ends_on date,
    category text, product_id text, discount_pct numeric(18, 4)
);
"""


@pytest.fixture(scope="session")
def new_history() -> Callable[..., pd.Series]:
    """``new_history(days)``: daily revenue with weekdays, a year, German holidays at half revenue, and noise."""

    def make(
        days: int, seed: int = 7, noise: float = 0.2, season: float = 0.3, first_day: str = "2022-03-01"
    ) -> pd.Series:
        index = pd.date_range(first_day, periods=days, name="revenue_date")
        is_holiday = Calendar("DE").holiday_rates(index) >= 0.5
        expected = 5000.0 * WEEKDAY_FACTORS[index.day_of_week] * np.where(is_holiday, 0.5, 1.0)
        expected = expected * (1.0 + season * np.cos(2 * np.pi * (index.day_of_year - 340) / 365.25))
        shocks = np.random.default_rng(seed).normal(0.0, 1.0, days)
        return pd.Series((expected * np.exp(noise * shocks - noise**2 / 2)).round(2), index=index, name="net_revenue")

    return make


@pytest.fixture(scope="session")
def history(new_history: Callable[..., pd.Series]) -> pd.Series:
    """Two and a half years of a German shop."""
    return new_history(900)


@pytest.fixture(autouse=True)
def kept(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's trainings are kept."""
    folder = tmp_path_factory.mktemp("kept")
    monkeypatch.setattr("ml.forecasting.keeping.FOLDER", folder)
    return folder


@pytest.fixture
def few_cutoffs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backtest of three past days in this process: enough for bands, and quick."""
    monkeypatch.setattr("ml.forecasting.backtest.CUTOFF_LIMIT", 3)


PRODUCTS = {"chair": ("Living", 0.5), "table": ("Living", 0.3), "spade": ("Garden", 0.2)}


@pytest.fixture
def deliver(warehouse: Warehouse) -> Callable[..., None]:
    """``deliver(history, store_id)``: the marts hold that history for that store, instead of any before.

    Three products of two categories share each day, two countries as well.
    """
    with warehouse.connect() as connection:
        connection.execute(MARTS)

    def put(history: pd.Series, store_id: str = "harbour", country_code: str = "DE") -> None:
        last = None if history.empty else history.index[-1].date()
        store = {"store_id": store_id, "store_name": store_id.title(), "country_code": country_code}
        stores = pd.DataFrame([store | {"currency": "EUR", "as_of_date": last}])
        warehouse.replace("marts.dim_stores", stores, {"store_id": store_id})
        days = pd.DataFrame({"store_id": store_id, "revenue_date": history.index.date, "net_revenue": history.values})
        days["order_count"] = 1
        warehouse.replace("marts.fct_daily_revenue", days, {"store_id": store_id})
        shares = {
            "category": {"Living": 0.8, "Garden": 0.2},
            "country": {"DE": 0.7, "AT": 0.3},
            "product": {name: share for name, (_, share) in PRODUCTS.items()},
        }
        for level, column in (("category", "category"), ("country", "country_code"), ("product", "product_id")):
            parts = [
                days[["store_id", "revenue_date"]].assign(
                    **{column: key, "net_revenue": (days["net_revenue"] * share).round(4)}
                )
                for key, share in shares[level].items()
            ]
            warehouse.replace(f"marts.fct_daily_revenue_by_{level}", pd.concat(parts), {"store_id": store_id})
        products = pd.DataFrame(
            [(store_id, name, category) for name, (category, _) in PRODUCTS.items()],
            columns=["store_id", "product_id", "category"],
        )
        warehouse.replace("marts.dim_products", products, {"store_id": store_id})

    return put
