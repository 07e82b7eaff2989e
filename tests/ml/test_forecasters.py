"""What every forecaster promises."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from ml.forecasting.calendars import Calendar
from ml.forecasting.entrants import make_entrants

ENTRANTS = make_entrants(Calendar("DE"), 90)
every_forecaster = pytest.mark.parametrize("forecaster", ENTRANTS.values(), ids=ENTRANTS)


@every_forecaster
def test_does_not_look_past_its_history(forecaster, history):
    """Changing the future must not change a forecast made before it."""
    cutoff = history.index[-120]
    altered = history.copy()
    altered.loc[cutoff + pd.Timedelta(days=1) :] = -1e9

    pd.testing.assert_frame_equal(
        clone(forecaster).fit(history[:cutoff]).predict(90),
        clone(forecaster).fit(altered[:cutoff]).predict(90),
    )


@every_forecaster
def test_says_the_same_again_to_the_last_digit(forecaster, history):
    first = clone(forecaster).fit(history).predict(90)
    second = clone(forecaster).fit(history).predict(90)

    pd.testing.assert_frame_equal(first, second, check_exact=True)


@every_forecaster
def test_forecasts_the_days_after_the_history(forecaster, history):
    forecast = clone(forecaster).fit(history).predict(90)

    assert list(forecast.columns) == ["forecast"]
    assert forecast.index[0] == history.index[-1] + pd.Timedelta(days=1)
    assert len(forecast) == 90
    assert forecast["forecast"].between(0.2 * history.min(), 2.0 * history.max()).all()


@every_forecaster
def test_refuses_a_history_with_a_gap(forecaster, history):
    with pytest.raises(ValueError, match=r"without gaps.*2022-12-25"):
        clone(forecaster).fit(history.drop(history.index[300]))


@every_forecaster
def test_refuses_a_day_without_a_number(forecaster, history):
    with pytest.raises(ValueError, match="a number on every day, got none on 2022-03-06"):
        clone(forecaster).fit(history.mask(history.index == "2022-03-06"))


@every_forecaster
def test_refuses_less_than_four_weeks(forecaster, history):
    with pytest.raises(ValueError, match="28 days or more, got 27"):
        clone(forecaster).fit(history[:27])


@every_forecaster
def test_refuses_a_horizon_of_no_day(forecaster, history):
    with pytest.raises(ValueError, match="1 day or more, got 0"):
        clone(forecaster).fit(history).predict(0)


@every_forecaster
@pytest.mark.parametrize("days", [28, 60])
def test_a_short_history_is_enough_for_ninety_days(forecaster, history, days):
    forecast = clone(forecaster).fit(history[:days]).predict(90)["forecast"]

    assert len(forecast) == 90
    assert forecast.mean() == pytest.approx(history[:days].mean(), rel=0.25)


@every_forecaster
def test_a_store_that_sells_the_same_every_day_goes_on(forecaster):
    constant = pd.Series(250.0, index=pd.date_range("2024-01-01", periods=200))

    forecast = clone(forecaster).fit(constant).predict(30)["forecast"]

    np.testing.assert_allclose(forecast, 250.0, rtol=1e-6)


@every_forecaster
def test_a_store_that_never_sold_is_forecast_to_sell_nothing(forecaster):
    nothing = pd.Series(0.0, index=pd.date_range("2024-01-01", periods=200))

    assert (clone(forecaster).fit(nothing).predict(30)["forecast"] == 0.0).all()


@every_forecaster
def test_days_of_returns_do_not_make_a_negative_forecast(forecaster, new_history):
    returns = new_history(200)
    returns[-20:] = -300.0

    assert (clone(forecaster).fit(returns).predict(90)["forecast"] >= 0.0).all()


@every_forecaster
def test_a_shop_shut_for_the_last_weeks_is_no_accident(forecaster, new_history):
    shut = new_history(300)
    shut[-21:] = 0.0

    forecast = clone(forecaster).fit(shut).predict(90)["forecast"]

    assert np.isfinite(forecast).all()
    assert (forecast <= shut.max()).all()


@pytest.mark.parametrize("name", [name for name in ENTRANTS if name != "auto_ets"])
def test_a_closing_day_stays_closed(name, history):
    """AutoETS as it is knows nothing of closing days: it is there to be beaten."""
    forecaster = ENTRANTS[name]
    closed = history.copy()
    closed[closed.index.day_of_week == 6] = 0.0

    forecast = clone(forecaster).fit(closed).predict(90)["forecast"]

    assert (forecast[forecast.index.day_of_week == 6] == 0.0).all()
    assert (forecast[forecast.index.day_of_week != 6] > 0.0).all()
