"""The promise on a real store: what would have been published beats both baselines, and its bands hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from ml.forecasting.backtest import backtest_cutoffs, predict_from
from ml.forecasting.calendars import Calendar
from ml.forecasting.combination import add_combination
from ml.forecasting.entrants import make_entrants
from ml.forecasting.evaluation import mark_champions, score_models
from ml.forecasting.intervals import add_bands

FEES = {"POST", "DOT", "M", "BANK CHARGES", "AMAZONFEE", "CRUK", "C2", "S", "B"}


@pytest.fixture(scope="module")
def net_revenue(real_file: Callable[[str], Path]) -> pd.Series:
    """Daily net revenue of Online Retail in GBP up to its last complete day, by the rules of the marts."""
    lines = pd.read_csv(
        real_file("online_retail/online_retail.csv.gz"), dtype={"InvoiceNo": str, "StockCode": str, "CustomerID": str}
    )
    is_fee = lines["StockCode"].str.strip().str.upper().isin(FEES)
    goods = lines[~is_fee & ~lines["InvoiceNo"].str.startswith("A")]
    amounts = goods["Quantity"] * goods["UnitPrice"]
    days = amounts.groupby(pd.to_datetime(goods["InvoiceDate"]).dt.normalize()).sum()
    return days.reindex(pd.date_range("2010-12-01", "2011-12-08"), fill_value=0.0)


@pytest.fixture(scope="module")
def predictions(net_revenue: pd.Series) -> pd.DataFrame:
    cutoffs = backtest_cutoffs(net_revenue.index).append(net_revenue.index[-1:])
    rows = predict_from(net_revenue, cutoffs, lambda _: make_entrants(Calendar("GB"), 90), 90)
    rows = add_combination(rows, net_revenue, 90)
    return add_bands(mark_champions(rows, 90), net_revenue)


@pytest.mark.parametrize("measure", ["rmse", "mae", "wape_rate"])
@pytest.mark.parametrize("slice_of", ["all cutoffs", "whole horizons", "28 days ahead"])
def test_what_would_have_been_published_beats_both_baselines(predictions, net_revenue, slice_of, measure):
    rows = {
        "all cutoffs": predictions,
        "whole horizons": predictions[predictions["cutoff_date"] <= net_revenue.index[-91]],
        "28 days ahead": predictions[predictions["horizon_days"] <= 28],
    }[slice_of]

    scores = score_models(rows)[measure]

    assert scores["published"] < scores["seasonal_naive"], scores
    # with one year of history, a mean of weekdays is hard to beat ninety days ahead
    assert scores["published"] < scores["weekday_mean"] * (1.0 if measure == "rmse" else 1.01), scores


def test_its_bands_hold_about_as_many_days_as_they_say(predictions):
    scores = score_models(predictions).loc["published"]

    assert 0.75 <= scores["covered_80_rate"] <= 0.88
    assert 0.92 <= scores["covered_95_rate"] <= 0.98


def test_it_is_closed_on_saturdays_and_as_the_year_before_over_christmas(predictions):
    published = predictions[predictions["is_champion"]]
    day = published["forecast_date"]
    christmas = day.between("2011-12-24", "2012-01-03")
    closed = (day.dt.day_of_week == 5) | christmas

    assert (published.loc[closed, "forecast"] == 0.0).all()
    assert (published.loc[~closed, "forecast"] > 0.0).all()
    assert christmas.any()
