"""What a model may know when it forecasts, and what it learns from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.forecasting.calendars import Calendar
from ml.forecasting.estimators import WeekdayMean
from ml.forecasting.features import FeatureTable, clean, closed_weekdays, training_pairs
from ml.forecasting.learners import GradientBoosting, LinearRegression, RandomForest


@pytest.mark.parametrize("days", [120, 900])
def test_a_row_holds_nothing_that_came_after_its_origin(history, days):
    history = history[:days]
    origin = days - 40
    leads = np.arange(1, 31)
    origins = np.full(30, origin)
    altered = history.copy()
    altered.iloc[origin + 1 :] = -1e9

    pd.testing.assert_frame_equal(
        FeatureTable(history, Calendar("DE")).rows(origins, leads),
        FeatureTable(altered, Calendar("DE")).rows(origins, leads),
    )
    assert (
        FeatureTable(history, Calendar("DE")).is_closed(origins, leads)
        == FeatureTable(altered, Calendar("DE")).is_closed(origins, leads)
    ).all()


def test_a_row_says_what_it_says():
    """Day n of the history earns n, so every amount can be worked out by hand."""
    history = pd.Series(np.arange(100.0), index=pd.date_range("2024-01-01", periods=100))
    table = FeatureTable(history, Calendar("DE"))

    near, far = table.rows(np.array([90, 90]), np.array([1, 9])).to_dict("records")

    level = np.mean(np.arange(63.0, 91.0))
    assert near["lead_days"] == 1
    assert near["revenue_lag_7"] == pytest.approx(84 / level)
    assert far["revenue_lag_7"] == pytest.approx(85 / level), "the day 7 days before is not known, 14 days before is"
    assert near["revenue_lag_30"] == pytest.approx(61 / level)
    assert near["moving_average_7"] == pytest.approx(np.mean(np.arange(84.0, 91.0)) / level)
    assert near["moving_average_30"] == pytest.approx(np.mean(np.arange(61.0, 91.0)) / level)
    assert near["trend"] > 0
    assert (near["month"], near["quarter"], near["weekday"]) == (4, 2, 0), "1 April 2024, Easter Monday"
    assert (near["holiday_rate"], near["days_to_holiday"], far["days_since_holiday"]) == (1, 0, 8)


def test_the_week_of_the_year_is_learnt_once_a_year_has_been_seen(history):
    origins, leads = np.array([100]), np.array([1])
    week = {"iso_week", "season_change_1", "season_change_4", "week_year_before"}

    assert not week & set(FeatureTable(history[:399], Calendar("DE")).rows(origins, leads))
    assert week <= set(FeatureTable(history[:400], Calendar("DE")).rows(origins, leads))


def test_a_holiday_of_some_regions_counts_by_their_share():
    days = pd.DatetimeIndex(["2024-10-03", "2024-10-31", "2024-11-02"])

    national, regional, ordinary = Calendar("DE").holiday_rates(days)

    assert national == 1.0
    assert 0.3 < regional < 0.7, "Reformation Day is kept in nine of sixteen states"
    assert ordinary == 0.0


def test_a_country_that_nobody_knows_has_no_holidays():
    days = pd.date_range("2024-12-20", periods=10)

    for country_code in (None, "", "XX"):
        features = Calendar(country_code).features(days)
        assert (features["holiday_rate"] == 0.0).all()
        assert (features["days_to_holiday"] == 14).all()


def test_training_rows_meet_every_weekday_and_lead_and_know_their_answer():
    origins, leads = training_pairs(900, 90, 3000)

    assert len(origins) <= 3000
    assert (origins + leads < 900).all()
    assert set(leads) == set(range(1, 91))
    assert np.bincount((origins + leads) % 7).min() > 0.9 * len(origins) / 7


def test_a_closing_day_is_learnt_from_zeros(history):
    values = history.to_numpy().copy()
    values[6::7] = 0.0
    values[69] = 900.0  # open once before Christmas

    is_closed = closed_weekdays(values)

    assert not is_closed[np.arange(900) % 7 != 6].any()
    assert is_closed[-7:].sum() == 1


def test_cleaning_pulls_in_an_outlier_and_leaves_the_rest(history):
    spoilt = history.to_numpy().copy()
    spoilt[500] *= 20

    cleaned = clean(spoilt)

    assert cleaned[500] < 4 * history.iloc[500]
    assert (np.delete(cleaned, 500) == np.delete(spoilt, 500)).mean() > 0.97
    assert (clean(np.zeros(60)) == 0.0).all()


@pytest.mark.parametrize(
    "learner", [RandomForest(Calendar("DE")), GradientBoosting(Calendar("DE")), LinearRegression(Calendar("DE"))]
)
def test_a_learner_knows_the_year_and_the_holidays_where_the_weekday_mean_does_not(learner, new_history):
    """From August to November the year rises, and in October there is a holiday that all of Germany keeps."""
    history, truth = new_history(990), new_history(990, noise=0.0)
    known, coming = history[:-90], truth[-90:]

    learnt = learner.fit(known).predict(90)["forecast"]
    naive = WeekdayMean().fit(known).predict(90)["forecast"]

    assert ((learnt - coming) ** 2).mean() < 0.5 * ((naive - coming) ** 2).mean()
    holiday = coming.index[Calendar("DE").holiday_rates(coming.index) == 1.0]
    assert len(holiday) == 1
    week = pd.Timedelta(days=7)
    ordinary = (learnt[holiday - week].to_numpy() + learnt[holiday + week].to_numpy()) / 2
    assert (learnt[holiday] < 0.8 * ordinary).all(), "in truth it is half"
