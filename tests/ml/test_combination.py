"""The seasonal profile and the combination, where their answers can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.forecasting.calendars import holiday_rates
from ml.forecasting.entrants import make_entrants
from ml.forecasting.estimators import Combination, SeasonalNaive, SeasonalProfile, WeekdayMean

WEEK = np.array([100.0, 110.0, 120.0, 130.0, 140.0, 150.0, 0.0])


def regular_shop(days: int, holiday_share: float = 1.0) -> pd.Series:
    """The same every week, closed on Sundays, a given share of an ordinary day on Germany's holidays."""
    index = pd.date_range("2023-01-02", periods=days)
    is_holiday = holiday_rates(index, "DE") == 1.0
    return pd.Series(WEEK[index.day_of_week] * np.where(is_holiday, holiday_share, 1.0), index=index)


@pytest.mark.parametrize("days", [200, 201, 204, 400])
def test_the_profile_repeats_the_week_whatever_day_the_history_ends_on(days):
    forecast = SeasonalProfile("DE").fit(regular_shop(days)).predict(28)["forecast"]

    np.testing.assert_allclose(forecast, WEEK[forecast.index.day_of_week], rtol=0.01)


def test_the_profile_draws_a_holiday_towards_an_ordinary_day_while_few_were_seen():
    few, many = (SeasonalProfile("DE").fit(regular_shop(days, 0.5)) for days in (120, 730))

    assert 0.5 < many.holiday_factor_ < few.holiday_factor_ < 0.8
    christmas = many.predict(60)["forecast"].loc["2025-01-01"]
    assert christmas == pytest.approx(WEEK[2] * many.holiday_factor_, rel=0.05)


def test_the_profile_follows_the_store_to_a_new_level():
    history = regular_shop(300)
    history.iloc[-60:] *= 2

    forecast = SeasonalProfile("DE").fit(history).predict(28)["forecast"]

    assert forecast.mean() / WEEK.mean() == pytest.approx(2.0, rel=0.1)


def test_learners_count_for_half_after_a_year():
    profile, learners = ("mean", WeekdayMean()), [("naive", SeasonalNaive())]
    history = regular_shop(365)
    history.iloc[-7:] *= 3

    forecast = Combination(profile, learners).fit(history).predict(7)["forecast"]

    halves = [member.fit(history).predict(7)["forecast"] for member in (WeekdayMean(), SeasonalNaive())]
    np.testing.assert_allclose(forecast, np.mean(halves, axis=0))


def test_the_combination_says_alone_what_it_says_beside_its_members(history):
    entrants = make_entrants("DE", 30)
    combination = entrants["combination"]

    members = {name: entrants[name].fit(history).predict(30)["forecast"] for name in combination.member_names}

    alone = combination.fit(history).predict(30)["forecast"]
    np.testing.assert_array_equal(alone, combination.combine(pd.DataFrame(members), len(history)))
