"""The seasonal profile and the combination, where their answers can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.forecasting.calendars import Calendar
from ml.forecasting.combination import LEARNERS, STEADY, add_combination, combine, learner_trust, member_weights
from ml.forecasting.estimators import SeasonalProfile

WEEK = np.array([100.0, 110.0, 120.0, 130.0, 140.0, 150.0, 0.0])
GERMANY = Calendar("DE")


def regular_shop(days: int, holiday_share: float = 1.0) -> pd.Series:
    """The same every week, closed on Sundays, a given share of an ordinary day on Germany's holidays."""
    index = pd.date_range("2023-01-02", periods=days)
    is_holiday = GERMANY.holiday_rates(index) == 1.0
    return pd.Series(WEEK[index.day_of_week] * np.where(is_holiday, holiday_share, 1.0), index=index)


@pytest.mark.parametrize("days", [200, 201, 204, 400])
def test_the_profile_repeats_the_week_whatever_day_the_history_ends_on(days):
    forecast = SeasonalProfile(GERMANY).fit(regular_shop(days)).predict(28)["forecast"]

    np.testing.assert_allclose(forecast, WEEK[forecast.index.day_of_week], rtol=0.02)


def test_the_profile_follows_the_store_to_a_new_level():
    history = regular_shop(300)
    history.iloc[-60:] *= 2

    forecast = SeasonalProfile(GERMANY).fit(history).predict(28)["forecast"]

    assert forecast.mean() / WEEK.mean() == pytest.approx(2.0, rel=0.1)


def test_learners_count_for_half_after_a_year_and_less_far_ahead():
    assert learner_trust(365, np.array([0, 90])) == pytest.approx([0.5, 365 / (730 + 360)])
    assert (np.diff(learner_trust(365, np.arange(1, 91))) < 0.0).all()
    assert learner_trust(1095, np.array([30])) > learner_trust(365, np.array([30]))


def test_members_weigh_the_same_until_something_is_known_and_then_by_their_errors():
    nothing = pd.DataFrame(columns=["good", "bad"], dtype=float)
    errors = pd.DataFrame({"good": np.log([10.0] * 4), "bad": np.log([20.0] * 4)})

    assert list(member_weights(nothing)) == [0.5, 0.5]
    weights = member_weights(errors)
    # four cutoffs are half believed: (20 / 10) to the power of 4 x 1/2
    assert weights["good"] / weights["bad"] == pytest.approx(4.0)
    assert weights.sum() == pytest.approx(1.0)


def test_the_combination_is_what_its_groups_say_by_their_trust():
    wide = pd.DataFrame({name: [100.0] for name in STEADY} | {name: [200.0] for name in LEARNERS})

    (said,) = combine(wide, pd.DataFrame(), history_days=361)

    assert said == pytest.approx(100.0 + 100.0 * 361 / (361 + 365 + 4))


def test_weights_of_a_cutoff_rest_on_days_that_had_come():
    days = pd.date_range("2024-01-01", periods=200)
    history = pd.Series(100.0, index=days)
    rows = []
    for cutoff in days[[60, 90, 120]]:
        for name in (*STEADY, *LEARNERS):
            said = 100.0 + (50.0 if name == "theta" else 10.0)
            ahead = pd.DataFrame({"forecast_date": pd.date_range(cutoff, periods=41)[1:], "forecast": said})
            rows.append(ahead.assign(model_name=name, cutoff_date=cutoff, actual=100.0))
    predictions = pd.concat(rows)
    predictions["horizon_days"] = (predictions["forecast_date"] - predictions["cutoff_date"]).dt.days
    altered = predictions.assign(actual=predictions["actual"].where(predictions["forecast_date"] <= days[90], -1e6))

    plain, spoilt = (
        add_combination(frame, history, 40).query("model_name == 'combination'").set_index("cutoff_date")
        for frame in (predictions, altered)
    )

    assert plain.loc[: days[90], "forecast"].equals(spoilt.loc[: days[90], "forecast"])
    assert not plain.loc[days[120], "forecast"].equals(spoilt.loc[days[120], "forecast"])
