"""Stores as they come: short, shut, shifted, spoilt. Each gets a sensible forecast or a clear word, never an error."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml import forecasting
from warehouse import DataError

pytestmark = pytest.mark.usefixtures("few_cutoffs")

LIVE = """
select series_level, period_days, forecast_date, sum(forecast) as forecast, min(forecast) as lowest
from ml.forecast_results
where kind = 'live' and is_champion
group by series_level, period_days, forecast_date
order by series_level, period_days, forecast_date
"""


def published(warehouse, level: str = "total", period_days: int = 1) -> pd.Series:
    rows = warehouse.read(LIVE)
    assert (rows["lowest"] >= 0.0).all()
    own = rows[(rows["series_level"] == level) & (rows["period_days"] == period_days)]
    return own.set_index("forecast_date")["forecast"]


def test_parts_add_up_to_the_whole_by_day_and_week(warehouse, deliver, history):
    deliver(history[:100])
    forecasting.run(warehouse)

    for period_days in (1, 7):
        whole = published(warehouse, "total", period_days)
        for level in ("category", "country", "product"):
            np.testing.assert_allclose(published(warehouse, level, period_days), whole, atol=1e-6)


def test_a_first_month_is_enough_for_a_forecast_without_bands(warehouse, deliver, history):
    deliver(history[:30])
    forecasting.run(warehouse)

    assert published(warehouse).mean() == pytest.approx(history[:30].mean(), rel=0.25)
    bands = warehouse.read("select count(lower_80) as bands from ml.forecast_results where kind = 'live'")
    assert bands["bands"].iloc[0] == 0


def test_two_weeks_shut_are_not_the_new_level(warehouse, deliver, history):
    shut = history[:200].copy()
    shut.iloc[-30:-16] = 0.0
    deliver(shut)
    forecasting.run(warehouse)

    assert published(warehouse).mean() == pytest.approx(history[200:290].mean(), rel=0.25)


def test_a_level_shift_is_followed(warehouse, deliver, history):
    shifted = history[:240].copy()
    shifted.iloc[-70:] *= 3.0
    deliver(shifted)
    forecasting.run(warehouse)

    assert published(warehouse)[:28].mean() > 2.0 * history[:240].mean()


def test_an_outlier_of_twenty_times_is_not_the_new_level(warehouse, deliver, history):
    deliver(history[:120])
    forecasting.run(warehouse)
    usual = published(warehouse).mean()
    spoilt = history[:120].copy()
    spoilt.iloc[-5] *= 20.0
    deliver(spoilt)
    forecasting.run(warehouse, retrain=True)

    assert published(warehouse).mean() == pytest.approx(usual, rel=0.25)


def test_one_product_only_is_the_whole_store(warehouse, deliver, history):
    deliver(history[:60])
    with warehouse.connect() as connection:
        connection.execute("delete from marts.fct_daily_revenue_by_product where product_id <> 'chair'")
        connection.execute(
            "update marts.fct_daily_revenue_by_product as own set net_revenue = days.net_revenue "
            "from marts.fct_daily_revenue as days where days.revenue_date = own.revenue_date"
        )
        connection.execute("delete from marts.fct_daily_revenue_by_category where category <> 'Living'")
        connection.execute(
            "update marts.fct_daily_revenue_by_category as own set net_revenue = days.net_revenue "
            "from marts.fct_daily_revenue as days where days.revenue_date = own.revenue_date"
        )

    forecasting.run(warehouse)

    np.testing.assert_allclose(published(warehouse, "product"), published(warehouse), atol=1e-6)


def test_a_store_that_only_took_goods_back_is_expected_to_sell_nothing(warehouse, deliver, history):
    deliver(-history[:80])
    forecasting.run(warehouse)

    assert (published(warehouse) == 0.0).all()


def test_marts_of_parts_that_are_not_there_are_said(warehouse, deliver, history):
    deliver(history[:60])
    with warehouse.connect() as connection:
        connection.execute("drop table marts.fct_daily_revenue_by_product")

    with pytest.raises(DataError, match=r"fct_daily_revenue_by_product.*make build"):
        forecasting.run(warehouse)
