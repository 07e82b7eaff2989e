"""What every entrant would have said on past days, and says today.

*Predictions* are a frame with one row per model, cutoff and day: ``model_name``, ``cutoff_date`` (the last day
known), ``forecast_date``, ``horizon_days`` (days ahead of the cutoff), ``forecast`` and ``actual`` (NaN on a day
that has not come), amounts in the store's currency.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from ml.forecasting.estimators import MIN_HISTORY_DAYS, Forecaster

CUTOFF_LIMIT = 10
WIDEST_SPACING_DAYS = 30  # falls on another weekday each time, and every third is a whole horizon of 90 days later
CLOSEST_SPACING_DAYS = 7
EARLIEST_HISTORY_DAYS = 56
FEWEST_TASKS_TO_SHARE = 4  # another process takes seconds to start
IDLE_SECONDS = 10  # then a process ends: of a run that is killed none stays for long
DECIMALS = 4  # of the table of results: what is judged is what is stored


def backtest_cutoffs(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The past days on which to stand and forecast again, ascending; none for a history of five weeks or less.

    At most 10, every 30 days back from the last day known; every 7 days or more where the history is short. Before
    the first lie 56 days, in a history of less than 112 days half of it, never less than 28.
    """
    count = len(days)
    spacing_days = int(np.clip((count - EARLIEST_HISTORY_DAYS) // 10, CLOSEST_SPACING_DAYS, WIDEST_SPACING_DAYS))
    needed_days = max(MIN_HISTORY_DAYS, min(EARLIEST_HISTORY_DAYS, count // 2))
    back = np.arange(1, CUTOFF_LIMIT + 1) * spacing_days
    return days[(count - 1 - back[count - back >= needed_days])[::-1]]


def forecast_all(history: pd.Series, entrants: Mapping[str, Forecaster], horizon_days: int) -> pd.DataFrame:
    """The forecasts of all entrants, a column each, indexed by day."""
    forecasts = {name: clone(entrant).fit(history).predict(horizon_days) for name, entrant in entrants.items()}
    return pd.DataFrame({name: rows["forecast"] for name, rows in forecasts.items()}).round(DECIMALS)


def predict_from(
    history: pd.Series,
    cutoffs: pd.DatetimeIndex,
    make: Callable[[pd.Timestamp], Mapping[str, Forecaster]],
    horizon_days: int,
    on_progress: Callable[[], object] = lambda: None,
) -> pd.DataFrame:
    """Predictions of all entrants from each cutoff, each learnt from the history up to its cutoff alone.

    ``make`` gives the entrants of a cutoff, by what the store had planned then. Two processes work, where there are
    enough cutoffs; ``on_progress`` is called after each cutoff.
    """
    tasks = [(history[:cutoff], make(cutoff), horizon_days) for cutoff in cutoffs]
    parts = []
    for cutoff, wide in zip(cutoffs, _in_processes(_forecast_alone, tasks), strict=True):
        parts.append(long_rows(wide, cutoff))
        on_progress()
    predictions = pd.concat(parts, ignore_index=True)
    predictions["actual"] = history.reindex(predictions["forecast_date"]).to_numpy()
    return predictions


def long_rows(wide: pd.DataFrame, cutoff: pd.Timestamp) -> pd.DataFrame:
    """Forecasts from one cutoff, a column per model, as predictions without ``actual``."""
    rows = wide.rename_axis(columns="model_name").unstack().rename("forecast").reset_index()
    rows["cutoff_date"] = cutoff
    rows["horizon_days"] = (rows["forecast_date"] - cutoff).dt.days
    return rows[["model_name", "cutoff_date", "forecast_date", "horizon_days", "forecast"]]


def _in_processes(function: Callable, tasks: list[tuple]) -> Iterator:
    """The results of calls in their order, by two processes where there are more than a few."""
    workers = min(2, os.cpu_count() or 1) if len(tasks) >= FEWEST_TASKS_TO_SHARE else 1
    parallel = Parallel(n_jobs=workers, return_as="generator", idle_worker_timeout=IDLE_SECONDS)
    return parallel(delayed(function)(*task) for task in tasks)


def _forecast_alone(history: pd.Series, entrants: Mapping[str, Forecaster], horizon_days: int) -> pd.DataFrame:
    with threadpool_limits(1):  # sums are always made in the same order, and two processes have a core each
        return forecast_all(history, entrants, horizon_days)


def known_on(predictions: pd.DataFrame, cutoff: pd.Timestamp) -> pd.DataFrame:
    """The predictions of days that had come by a cutoff: all that anybody knew of errors that day."""
    return predictions[predictions["forecast_date"] <= cutoff]
