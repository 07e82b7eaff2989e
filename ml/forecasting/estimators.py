"""Forecasters in the scikit-learn manner: ``fit`` a history, ``predict`` a horizon.

A *history* is a float Series on a daily DatetimeIndex without gaps, of 28 days or more, in the store's
currency. A *forecast* is a frame on the days after it, in the same currency, with the column ``forecast``. Net
revenue of a day can be negative when more came back than went out, but no future day is expected to be:
every forecast is held at zero or above.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ml.forecasting.calendars import Calendar
from ml.forecasting.effects import SHAPE_FLOOR, CalendarEffects
from ml.forecasting.features import (
    PROFILE_WEEKS,
    check_history,
    days_after,
    same_weekday_mean,
)

MIN_HISTORY_DAYS = 28
CEILING = 3.0  # times the best day so far: upper bound of a forecast
LEVEL_SMOOTHING = 0.05  # a day counts half as much as one two weeks later


class Forecaster(BaseEstimator, ABC):
    """What all forecasters share: they refuse what they cannot use, and never forecast below zero."""

    def fit(self, history: pd.Series) -> Forecaster:
        """Learn from a history; ValueError names what is wrong with it. Returns the forecaster itself."""
        history = check_history(history)
        if len(history) < MIN_HISTORY_DAYS:
            raise ValueError(f"wanted a history of {MIN_HISTORY_DAYS} days or more, got {len(history)}")
        self.history_ = history
        self._learn(history)
        return self

    def predict(self, horizon_days: int) -> pd.DataFrame:
        """The days after the history: a frame indexed by day, with ``forecast`` in the history's currency."""
        days = days_after(self.history_, horizon_days)
        amounts = np.asarray(self._foresee(horizon_days), dtype=float)
        ceiling = CEILING * max(self.history_.max(), 0.0)
        return pd.DataFrame({"forecast": np.clip(amounts, 0.0, ceiling)}, index=days)

    @abstractmethod
    def _learn(self, history: pd.Series) -> None: ...

    @abstractmethod
    def _foresee(self, horizon_days: int) -> np.ndarray: ...


class SeasonalNaive(Forecaster):
    """Next Monday will be like last Monday: the forecast every other model must beat.

    Attributes
    ----------
    last_week_ : ndarray of shape (7,)
        The last seven days of the history.

    References
    ----------
    Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., section 5.2.
    """

    def _learn(self, history: pd.Series) -> None:
        self.last_week_ = history.to_numpy()[-7:]

    def _foresee(self, horizon_days: int) -> np.ndarray:
        return np.resize(self.last_week_, horizon_days)


class WeekdayMean(Forecaster):
    """Next Monday will be like the mean of the last eight Mondays: harder to beat than it looks.

    Attributes
    ----------
    week_ : ndarray of shape (7,)
        The mean of up to eight same weekdays, from the weekday after the history on.
    """

    def _learn(self, history: pd.Series) -> None:
        self.week_ = same_weekday_mean(history.to_numpy(), PROFILE_WEEKS)[-7:]

    def _foresee(self, horizon_days: int) -> np.ndarray:
        return np.resize(self.week_, horizon_days)


class CalendarForecaster(Forecaster):
    """Learns from the plain history, without what the calendar did to it, and gives the days ahead their effects.

    Parameters
    ----------
    calendar : Calendar or None, default=None
        What is known ahead; see ``ml.forecasting.calendars``.

    Attributes
    ----------
    effects_ : CalendarEffects
        See ``ml.forecasting.effects``.
    """

    def __init__(self, calendar: Calendar | None = None) -> None:
        self.calendar = calendar

    def _learn(self, history: pd.Series) -> None:
        self.effects_ = CalendarEffects(history, self.calendar or Calendar())
        self._learn_plain(self.effects_.plain(history))

    def _foresee(self, horizon_days: int) -> np.ndarray:
        return self._foresee_plain(horizon_days) * self.effects_.special(days_after(self.history_, horizon_days))

    @abstractmethod
    def _learn_plain(self, plain: pd.Series) -> None: ...

    @abstractmethod
    def _foresee_plain(self, horizon_days: int) -> np.ndarray: ...


class SeasonalProfile(CalendarForecaster):
    """Shape times level: what a weekday and a time of the year usually are, by how the store does now.

    The shape is each weekday's ratio to the level over its last twelve ordinary days. The level is revenue without
    shape and season, smoothed exponentially; no trend is carried into the future.

    Attributes
    ----------
    level_ : float
        The level at the end of the history, in the history's currency.

    References
    ----------
    Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., sections 3.2 and 8.1.
    """

    def _learn_plain(self, plain: pd.Series) -> None:
        days = plain.index
        shape = self.effects_.shape_[days.day_of_week.to_numpy()]
        usual = np.maximum(shape, SHAPE_FLOOR) * self.effects_.seasonal(days)
        ordinary = (plain / usual)[shape > 0.0]
        self.level_ = float(ordinary.ewm(alpha=LEVEL_SMOOTHING).mean().iloc[-1]) if len(ordinary) else 0.0

    def _foresee_plain(self, horizon_days: int) -> np.ndarray:
        days = days_after(self.history_, horizon_days)
        return self.level_ * self.effects_.shape_[days.day_of_week.to_numpy()] * self.effects_.seasonal(days)
