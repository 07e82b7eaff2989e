"""Forecasters in the scikit-learn manner: ``fit`` a history, ``predict`` a horizon.

A *history* is a float Series on a daily DatetimeIndex without gaps, of 28 days or more, in the store's
currency. A *forecast* is a frame on the days after it, in the same currency, with the column ``forecast``. Net
revenue of a day can be negative when more came back than went out, but nobody can expect that of a day to come:
every forecast is held at zero or above.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone

from ml.forecasting.calendars import holiday_rates
from ml.forecasting.features import (
    PROFILE_WEEKS,
    check_history,
    clean,
    closed_weekdays,
    days_after,
    levels,
    same_weekday_mean,
)

MIN_HISTORY_DAYS = 28
YEAR_DAYS = 365
SHAPE_WEEKS = 12
SHAPE_FLOOR = 0.05  # of the level; less would blow up the rare sales of a weak weekday
HOLIDAY_FLOOR = 0.1  # of an ordinary day
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
        return pd.DataFrame({"forecast": np.maximum(amounts, 0.0)}, index=days)

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


class SeasonalProfile(Forecaster):
    """Shape times level: what a weekday usually is, by how the store does now.

    The shape is each weekday's ratio to the 28-day level over its last twelve ordinary days, zero where the store
    is closed, times one factor for public holidays that is drawn towards 1 while few were seen. The level is
    revenue without the shape, smoothed exponentially; no trend is carried into the future.

    Parameters
    ----------
    country_code : str or None, default=None
        Whose public holidays count; two letters, ISO 3166-1. Without one there are no holidays.

    Attributes
    ----------
    shape_ : ndarray of shape (7,)
        Ratio to the level, from the weekday after the history on.
    holiday_factor_ : float
        Revenue of a public holiday as a share of an ordinary day, 0.1 or more.
    level_ : float
        The level at the end of the history, in the history's currency.

    References
    ----------
    Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., sections 3.2 and 8.1.
    """

    def __init__(self, country_code: str | None = None) -> None:
        self.country_code = country_code

    def _learn(self, history: pd.Series) -> None:
        values = clean(history.to_numpy())
        day_count = len(values)
        place = np.arange(day_count) % 7  # in the week that starts on the first day of the history
        is_closed = np.zeros(7, dtype=bool)
        is_closed[place[-7:]] = closed_weekdays(values)[-7:]
        is_holiday = holiday_rates(history.index, self.country_code) >= 0.5

        ratio = values / levels(values)
        shape = np.ones(7)
        for weekday in range(7):
            ordinary = ratio[(place == weekday) & ~is_holiday]
            if len(ordinary):
                shape[weekday] = ordinary[-SHAPE_WEEKS:].mean()
        usual = np.maximum(shape, SHAPE_FLOOR)[place]

        is_open = ~is_closed[place]
        holidays_seen = (ratio / usual)[is_holiday & is_open]
        factor = (1.0 + holidays_seen.sum()) / (1.0 + len(holidays_seen))
        self.holiday_factor_ = max(float(factor), HOLIDAY_FLOOR)
        ordinary = pd.Series((values / usual)[~is_holiday & is_open])
        self.level_ = float(ordinary.ewm(alpha=LEVEL_SMOOTHING).mean().iloc[-1]) if len(ordinary) else 0.0
        self.shape_ = np.where(is_closed, 0.0, shape)[(day_count + np.arange(7)) % 7]

    def _foresee(self, horizon_days: int) -> np.ndarray:
        rates = holiday_rates(days_after(self.history_, horizon_days), self.country_code)
        return self.level_ * np.resize(self.shape_, horizon_days) * self.holiday_effect(rates)

    def holiday_effect(self, rates: np.ndarray) -> np.ndarray:
        """Revenue as a share of an ordinary day, where that share of the country (0-1) keeps a holiday."""
        return 1.0 + rates * (self.holiday_factor_ - 1.0)


class Combination(Forecaster):
    """The seasonal profile and the median of the learners, weighted by how much the learners have seen.

    With n days of history the learners weigh n / (n + 365): a profile cannot go far wrong, and a learner needs
    more than one season before it knows better. Rarely the best on a store, never far off: the safe champion.

    Parameters
    ----------
    profile : (str, Forecaster)
        Name and forecaster that is trusted first.
    learners : list of (str, Forecaster)
        Names and forecasters, as in scikit-learn's ``VotingRegressor``.

    Attributes
    ----------
    members_ : dict of str to Forecaster
        The fitted profile and learners.

    References
    ----------
    Jose and Winkler (2008), Simple robust averages of forecasts, International Journal of Forecasting 24.
    """

    def __init__(self, profile: tuple[str, Forecaster], learners: list[tuple[str, Forecaster]]) -> None:
        self.profile = profile
        self.learners = learners

    def _learn(self, history: pd.Series) -> None:
        members = [self.profile, *self.learners]
        self.members_ = {name: clone(member).fit(history) for name, member in members}

    def _foresee(self, horizon_days: int) -> np.ndarray:
        members = {name: member.predict(horizon_days)["forecast"] for name, member in self.members_.items()}
        return self.combine(pd.DataFrame(members), len(self.history_))

    @property
    def member_names(self) -> list[str]:
        """The names of the profile and the learners."""
        return [self.profile[0], *(name for name, _ in self.learners)]

    def combine(self, forecasts: pd.DataFrame, history_days: int) -> np.ndarray:
        """The forecast from those the members have made, a column each, after so many days of history."""
        weight = history_days / (history_days + YEAR_DAYS)
        learnt = forecasts[[name for name, _ in self.learners]].median(axis="columns").to_numpy()
        return weight * learnt + (1.0 - weight) * forecasts[self.profile[0]].to_numpy()
