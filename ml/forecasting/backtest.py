"""What every entrant would have said on past days, and says today.

*Predictions* are a frame with one row per model, cutoff and day: ``model_name``, ``cutoff_date`` (the last day
known), ``forecast_date``, ``horizon_days`` (days ahead of the cutoff), ``forecast`` and ``actual`` (NaN on a day
that has not come), amounts in the store's currency.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from ml.forecasting.estimators import MIN_HISTORY_DAYS, Combination, Forecaster

CUTOFF_LIMIT = 12  # a year of them
WIDEST_SPACING_DAYS = 30  # falls on another weekday each time, and every third is a whole horizon of 90 days later
CLOSEST_SPACING_DAYS = 7
EARLIEST_HISTORY_DAYS = 56
DECIMALS = 4  # of the table of results: what is judged is what is stored


def backtest_cutoffs(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The past days on which to stand and forecast again, ascending; none for a history of five weeks or less.

    At most 12, every 30 days back from the last day known; every 7 days or more where the history is short. Before
    the first lie 56 days, in a history of less than 112 days half of it, never less than 28.
    """
    count = len(days)
    spacing_days = int(np.clip((count - EARLIEST_HISTORY_DAYS) // 10, CLOSEST_SPACING_DAYS, WIDEST_SPACING_DAYS))
    needed_days = max(MIN_HISTORY_DAYS, min(EARLIEST_HISTORY_DAYS, count // 2))
    back = np.arange(1, CUTOFF_LIMIT + 1) * spacing_days
    return days[(count - 1 - back[count - back >= needed_days])[::-1]]


def forecast_all(history: pd.Series, entrants: Mapping[str, Forecaster], horizon_days: int) -> pd.DataFrame:
    """The forecasts of all entrants, a column each, indexed by day; combinations reuse what their members said."""
    forecasts = pd.DataFrame()
    for name, entrant in entrants.items():
        if isinstance(entrant, Combination) and set(entrant.member_names) <= set(forecasts.columns):
            forecasts[name] = entrant.combine(forecasts, len(history))
        else:
            forecasts[name] = clone(entrant).fit(history).predict(horizon_days)["forecast"]
    return forecasts.round(DECIMALS)


def predict_from(
    history: pd.Series,
    cutoffs: pd.DatetimeIndex,
    entrants: Mapping[str, Forecaster],
    horizon_days: int,
    on_progress: Callable[[], object] = lambda: None,
) -> pd.DataFrame:
    """Predictions of all entrants from each cutoff, each learnt from the history up to its cutoff alone.

    Two cutoffs are worked on at a time; ``on_progress`` is called after each.
    """

    def predict(cutoff: pd.Timestamp) -> pd.DataFrame:
        wide = forecast_all(history[:cutoff], entrants, horizon_days)
        wide.columns.name = "model_name"
        rows = wide.unstack().rename("forecast").reset_index()
        rows["cutoff_date"] = cutoff
        on_progress()
        return rows

    pool = ThreadPoolExecutor(min(2, os.cpu_count() or 1))
    try:
        with threadpool_limits(1):  # sums of the linear algebra are always made in the same order
            predictions = pd.concat(pool.map(predict, cutoffs), ignore_index=True)
    finally:
        pool.shutdown(cancel_futures=True)  # Ctrl-C need not wait for all that was still to come
    predictions["horizon_days"] = (predictions["forecast_date"] - predictions["cutoff_date"]).dt.days
    predictions["actual"] = history.reindex(predictions["forecast_date"]).to_numpy()
    columns = ["model_name", "cutoff_date", "forecast_date", "horizon_days", "forecast", "actual"]
    return predictions[columns]


def known_on(predictions: pd.DataFrame, cutoff: pd.Timestamp) -> pd.DataFrame:
    """The predictions of days that had come by a cutoff: all that anybody knew of errors that day."""
    return predictions[predictions["forecast_date"] <= cutoff]
