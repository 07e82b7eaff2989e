"""Histories in which the answer is known, and marts to forecast from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ml.forecasting.calendars import calendar_features
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
"""


@pytest.fixture(scope="session")
def new_history() -> Callable[..., pd.Series]:
    """``new_history(days)``: daily revenue with weekdays, a year, German holidays at half revenue, and noise."""

    def make(
        days: int, seed: int = 7, noise: float = 0.2, season: float = 0.3, first_day: str = "2022-03-01"
    ) -> pd.Series:
        index = pd.date_range(first_day, periods=days, name="revenue_date")
        is_holiday = calendar_features(index, "DE")["holiday_rate"] >= 0.5
        expected = 5000.0 * WEEKDAY_FACTORS[index.day_of_week] * np.where(is_holiday, 0.5, 1.0)
        expected = expected * (1.0 + season * np.cos(2 * np.pi * (index.day_of_year - 340) / 365.25))
        shocks = np.random.default_rng(seed).normal(0.0, 1.0, days)
        return pd.Series((expected * np.exp(noise * shocks - noise**2 / 2)).round(2), index=index, name="net_revenue")

    return make


@pytest.fixture(scope="session")
def history(new_history: Callable[..., pd.Series]) -> pd.Series:
    """Two and a half years of a German shop."""
    return new_history(900)


@pytest.fixture
def deliver(warehouse: Warehouse) -> Callable[..., None]:
    """``deliver(history, store_id)``: the marts hold that history for that store, instead of any before."""
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

    return put
