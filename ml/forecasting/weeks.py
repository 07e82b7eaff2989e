"""Weeks from days: the forecast of a week is the sum of its days'."""

from __future__ import annotations

import numpy as np
import pandas as pd

WEEK_DAYS = 7


def whole_weeks(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The Sundays of the ISO weeks of which all days are there, of consecutive days."""
    sundays = days[days.day_of_week == 6]
    return sundays[sundays - pd.Timedelta(days=WEEK_DAYS - 1) >= days[0]] if len(days) else sundays


def in_weeks(predictions: pd.DataFrame) -> pd.DataFrame:
    """Predictions of days as predictions of ISO weeks: a row per model, cutoff and whole week, dated by its Sunday.

    ``actual`` is NaN until the week is over, ``naive_error`` that of a day times the root of seven, bands are not
    carried over: errors of the days of a week partly cancel.
    """
    keys = ["model_name", "cutoff_date"]
    sunday = predictions["forecast_date"] + pd.to_timedelta(6 - predictions["forecast_date"].dt.day_of_week, unit="D")
    weeks = predictions.assign(forecast_date=sunday).groupby([*keys, "forecast_date"], sort=False)
    sums = weeks.agg(
        forecast=("forecast", "sum"),
        actual=("actual", lambda days: days.sum(skipna=False)),
        day_count=("forecast", "size"),
        is_champion=("is_champion", "first"),
        naive_error=("naive_error", "first"),
    ).reset_index()
    sums = sums[sums.pop("day_count") == WEEK_DAYS].reset_index(drop=True)
    sums["horizon_days"] = (sums["forecast_date"] - sums["cutoff_date"]).dt.days
    sums["naive_error"] *= np.sqrt(WEEK_DAYS)
    sums["forecast"] = sums["forecast"].round(4)
    return sums


def week_sums(amounts: np.ndarray, days: pd.DatetimeIndex) -> tuple[np.ndarray, pd.DatetimeIndex]:
    """Arrays of days by series as sums of whole ISO weeks; (n_weeks, n_series), and the Sundays."""
    sundays = whole_weeks(days)
    ends = days.get_indexer(sundays)
    return np.array([amounts[end - WEEK_DAYS + 1 : end + 1].sum(axis=0) for end in ends]).reshape(
        len(ends), amounts.shape[1]
    ), sundays
