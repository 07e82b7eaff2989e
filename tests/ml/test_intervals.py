"""Bands hold what they say, and what they say rests on errors known by then."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.forecasting.backtest import backtest_cutoffs, predict_from
from ml.forecasting.calendars import Calendar
from ml.forecasting.entrants import make_entrants
from ml.forecasting.intervals import BANDS, add_bands, error_unit, half_widths


def banded(history: pd.Series, *names: str) -> pd.DataFrame:
    cutoffs = backtest_cutoffs(history.index).append(history.index[-1:])
    entrants = make_entrants(Calendar("DE"), 90)
    chosen = {name: entrants[name] for name in names}
    return add_bands(predict_from(history, cutoffs, lambda _: chosen, 90), history)


def test_bands_hold_about_as_many_days_as_they_say(new_history):
    """Sixteen shops whose noise is known, each forecast once at its end for the next ninety days."""
    covered = {80: [], 95: []}
    for seed in range(16):
        shop = new_history(590, seed=seed, noise=0.3, season=0.0)
        live = banded(shop[:500], "weekday_mean").query("cutoff_date == cutoff_date.max()")
        coming = shop.reindex(live["forecast_date"]).to_numpy()
        for coverage, hits in covered.items():
            hits.extend(live[f"lower_{coverage}"].le(coming) & live[f"upper_{coverage}"].ge(coming))

    assert 0.77 <= np.mean(covered[80]) <= 0.90
    assert 0.93 <= np.mean(covered[95]) <= 0.99


def test_bands_lie_around_the_forecast_and_the_wider_holds_the_narrower(history):
    rows = banded(history, "weekday_mean", "seasonal_profile").dropna(subset=list(BANDS))

    assert len(rows) > 1000
    for inner, outer in (("lower_80", "lower_95"), ("forecast", "lower_80"), ("upper_95", "upper_80")):
        assert (rows[inner] >= rows[outer]).all()
    assert (rows["upper_80"] >= rows["forecast"]).all()
    assert (rows["lower_95"] >= 0.0).all(), "no day of this shop was negative"


def test_no_band_is_made_of_fewer_than_three_cutoffs(history):
    rows = banded(history, "weekday_mean")
    cutoffs = sorted(rows["cutoff_date"].unique())
    has_band = rows.set_index(["cutoff_date", "horizon_days"])["lower_80"].notna()

    assert not has_band[cutoffs[2]].any(), "two cutoffs came before"
    assert has_band[cutoffs[3]].loc[:30].all()
    assert not has_band[cutoffs[3]].loc[60:].any(), "of the three before, one alone is old enough"
    assert has_band[cutoffs[-1]].all()


def test_a_lower_bound_may_be_as_bad_as_the_worst_day_and_no_worse(history):
    returns = history[:200].copy()
    returns.iloc[50] = -700.0
    returns.iloc[80:200:9] *= 6  # few days are alike, so bands are wide

    lowest = banded(returns, "seasonal_naive")["lower_95"].min()

    assert lowest == pytest.approx(-700.0)


def test_a_closed_day_has_no_width():
    assert list(error_unit(np.array([100.0, 0.0, 300.0]))) == [150.0, 0.0, 250.0]


def test_few_cutoffs_make_wide_bands():
    errors = np.random.default_rng(3).exponential(1.0, (12, 30))

    few, many = half_widths(errors[:3]), half_widths(errors)

    assert (few[:, 0] > many[:, 0]).mean() > 0.8
    assert np.isnan(half_widths(errors[:2])).all()
