"""What the calendar does to a day's revenue, as a factor: learnt from the store's own history, known for any day ahead.

An ordinary day has the factor 1. *Special* days are public holidays, promotions and days on which the store is shut;
the *season* is the time of the year. Models learn from the history without the special factors (the *plain* history)
and get them back for the days ahead: so what is known ahead reaches every model at every lead time alike.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.forecasting.calendars import Calendar
from ml.forecasting.features import FULL_YEAR_DAYS, clean, closed_weekdays

SHAPE_WEEKS = 12
SHAPE_ROUNDS = 4
SHAPE_FLOOR = 0.05  # of the level; less would blow up the rare sales of a weak weekday
SMALLEST_FACTOR = 0.25  # a day with less than this of its revenue says little of ordinary days
USUAL_DAYS = 29
HOLIDAY_FLOOR = 0.05  # of an ordinary day
HOLIDAY_CEILING = 3.0
HOLIDAY_PRIOR = 1.0  # holidays that the belief weighs that one is an ordinary day
NAME_PRIOR = 2.0  # holidays that the belief weighs that one is like all of them
LIFT_PRIOR = 0.1  # of the ridge regression
LIFT_RANGE = (0.2, 8.0)
SHUT_RUN_DAYS = 3
HOLIDAYS_RUN_DAYS = 5  # as many in a row belong to a date, fewer to a holiday, which may move
SHUT_RATE = 0.03  # a store without revenue on more open weekdays than that is not shut on them, it sells little
YEAR_DAYS = 365
SEASON_REACH_DAYS = 28
SEASON_SMOOTHING_DAYS = 7.0
LEVEL_DAYS = 15
GROWTH_PRIOR_DAYS = 180.0


class CalendarEffects:
    """The factor of any day, learnt from one history.

    Parameters
    ----------
    history : Series
        See ``ml.forecasting.estimators``.
    calendar : Calendar

    Attributes
    ----------
    shape_ : ndarray of shape (7,)
        Ratio of a weekday, from Monday on, to the mean day, over its last twelve ordinary ones; 0 where closed.
    holiday_factor_ : float
        Revenue of a public holiday as a share of an ordinary day's; drawn towards 1 while few were seen.
    holiday_factors_ : dict of str to float
        The same by name, drawn towards ``holiday_factor_``.
    lift_ : ndarray of shape (2,)
        Logarithm of a promotion's lift: of being shown, and per percent of discount. Ridge regression, zero at first.
    season_ : ndarray of shape (365,) or None
        Logarithm of the factor by day of the year; None with less than 400 days of history.
    """

    def __init__(self, history: pd.Series, calendar: Calendar) -> None:
        self.calendar = calendar
        days, values = history.index, history.to_numpy(float)
        self._first_day, self._last_day = days[0], days[-1]
        weekday = days.day_of_week.to_numpy()
        self._is_closed_weekday = np.zeros(7, dtype=bool)
        self._is_closed_weekday[weekday[-7:]] = closed_weekdays(values)[-7:]
        is_open_weekday = ~self._is_closed_weekday[weekday]

        names = calendar.holiday_names(days)
        promoted, discounted = calendar.promotions(days)
        announced = calendar.is_closed(days)
        found_shut, in_long_run = _shut_days(values, is_open_weekday, names != "")
        self._shut_days = set(days[in_long_run & ~announced])
        is_shut = found_shut | announced
        is_special = (names != "") | (promoted > 0.0) | is_shut | ~is_open_weekday

        cleaned = clean(values)
        shape = np.ones(len(values))
        for _ in range(SHAPE_ROUNDS):  # from the second on, the level is that of days without their weekday
            self.shape_ = _weekday_means(cleaned / _usual(cleaned / shape, is_special), weekday, ~is_special)
            shape = np.maximum(self.shape_, SHAPE_FLOOR)[weekday]
        self.shape_[self._is_closed_weekday] = 0.0

        ratio = values / (shape * _usual(cleaned / shape, is_special))
        self._learn_holidays(ratio, names, is_open_weekday & ~announced & (promoted == 0.0))
        self._learn_lifts(ratio, promoted, discounted, is_open_weekday & ~is_shut & (names == "") & (values > 0.0))
        self.season_ = _season(days, np.where(is_special, np.nan, cleaned / shape))
        self._is_shut_history = is_shut

    def _learn_holidays(self, ratio: np.ndarray, names: np.ndarray, counts: np.ndarray) -> None:
        ratio, names = np.clip(ratio, 0.0, HOLIDAY_CEILING)[counts], names[counts]
        seen = ratio[names != ""]
        self.holiday_factor_ = max(float((HOLIDAY_PRIOR + seen.sum()) / (HOLIDAY_PRIOR + len(seen))), HOLIDAY_FLOOR)
        self.holiday_factors_ = {}
        for name in sorted(set(names) - {""}):
            own = ratio[names == name]
            self.holiday_factors_[name] = (NAME_PRIOR * self.holiday_factor_ + own.sum()) / (NAME_PRIOR + len(own))

    def _learn_lifts(self, ratio: np.ndarray, promoted: np.ndarray, discounted: np.ndarray, counts: np.ndarray) -> None:
        is_on = (promoted > 0.0) & counts
        inputs = np.column_stack([promoted[is_on], discounted[is_on] / 10.0])
        target = np.log(np.clip(ratio[is_on], 0.1, 20.0))
        learnt = np.linalg.solve(inputs.T @ inputs + LIFT_PRIOR * np.eye(2), inputs.T @ target)
        self.lift_ = learnt / np.array([1.0, 10.0])

    def plain(self, history: pd.Series) -> pd.Series:
        """The history as if no day had been special, to learn from.

        Special days are divided by their factor; a shut day of an open weekday gets what the same weekday had before
        it; outliers are pulled to the limit, see ``clean``. Closing days of the week stay zero.
        """
        days = history.index
        factor = self.holiday(days) * self.promotion(days)
        is_unknown = (self._is_shut_history | (factor < SMALLEST_FACTOR)) & ~self._is_closed_weekday[days.day_of_week]
        plain = pd.Series(np.where(is_unknown, np.nan, history.to_numpy(float) / np.maximum(factor, SMALLEST_FACTOR)))
        if is_unknown.any():
            weeks = plain.groupby(np.arange(len(plain)) % 7)
            plain = weeks.ffill().fillna(weeks.bfill()).fillna(0.0)
        return pd.Series(clean(plain.to_numpy()), index=days)

    def special(self, days: pd.DatetimeIndex) -> np.ndarray:
        """The factor of holidays, promotions and closures together."""
        return np.where(self.is_shut(days), 0.0, self.holiday(days) * self.promotion(days))

    def holiday(self, days: pd.DatetimeIndex) -> np.ndarray:
        """The factor of public holidays; one that some regions keep counts by their share."""
        names = self.calendar.holiday_names(days)
        factors = np.array([self.holiday_factors_.get(name, self.holiday_factor_) for name in names])
        return 1.0 + self.calendar.holiday_rates(days) * (factors - 1.0)

    def promotion(self, days: pd.DatetimeIndex) -> np.ndarray:
        """The factor of promotions and prices."""
        promoted, discounted = self.calendar.promotions(days)
        return np.clip(np.exp(self.lift_[0] * promoted + self.lift_[1] * discounted), *LIFT_RANGE)

    def seasonal(self, days: pd.DatetimeIndex) -> np.ndarray:
        """The factor of the time of the year; 1 while that is not known."""
        return np.ones(len(days)) if self.season_ is None else np.exp(self.season_[_day_of_year(days)])

    def is_shut(self, days: pd.DatetimeIndex) -> np.ndarray:
        """Whether nothing is sold: on closing days of the week, in closures that were announced, and on days on which
        the store was shut in every year so far, up to three."""
        closed = self._is_closed_weekday[days.day_of_week] | self.calendar.is_closed(days)
        return closed | np.array([self._was_shut_before(day) for day in days], dtype=bool)

    def _was_shut_before(self, day: pd.Timestamp) -> bool:
        if not self._shut_days:
            return False
        before = [day - pd.DateOffset(years=years) for years in (1, 2, 3)]
        known = [
            day
            for day in before
            if self._first_day <= day <= self._last_day
            and (day in self._shut_days or not self._is_closed_weekday[day.day_of_week])
        ]
        return bool(known) and all(day in self._shut_days for day in known)


def _shut_days(
    values: np.ndarray, is_open_weekday: np.ndarray, is_holiday: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Days without revenue on open weekdays that have a reason, and all days of five such or more in a row.

    Three or more in a row have a reason, and holidays; no day has where days without one are common. Closing days of
    the week neither count nor interrupt.
    """
    is_silent = (values == 0.0) & is_open_weekday
    run = (~is_silent & is_open_weekday).cumsum()
    run_days = np.bincount(run, is_silent)[run]
    has_reason = is_silent & ((run_days >= SHUT_RUN_DAYS) | is_holiday)
    is_common = (is_silent & ~has_reason).sum() > SHUT_RATE * is_open_weekday.sum()
    place = np.arange(len(values))
    first, last = np.full(run[-1] + 1, len(values)), np.full(run[-1] + 1, -1)
    np.minimum.at(first, run[is_silent], place[is_silent])
    np.maximum.at(last, run[is_silent], place[is_silent])
    in_long_run = (run_days >= HOLIDAYS_RUN_DAYS) & (first[run] <= place) & (place <= last[run])
    return has_reason & (not is_common), in_long_run & (not is_common)


def _weekday_means(ratio: np.ndarray, weekday: np.ndarray, is_ordinary: np.ndarray) -> np.ndarray:
    """The mean of the last twelve ordinary days of each weekday; 1 where there was none."""
    own = [ratio[(weekday == day) & is_ordinary][-SHAPE_WEEKS:] for day in range(7)]
    return np.array([days.mean() if len(days) else 1.0 for days in own])


def _usual(values: np.ndarray, is_special: np.ndarray) -> np.ndarray:
    """Per day, the median of the ordinary days in the four weeks around it; above zero."""
    ordinary = pd.Series(np.where(is_special, np.nan, values))
    overall = abs(ordinary.median()) if ordinary.notna().any() else 1.0
    usual = ordinary.rolling(USUAL_DAYS, center=True, min_periods=7).median()
    usual = usual.interpolate(limit_direction="both").fillna(overall)
    return np.maximum(usual.to_numpy(), max(0.1 * overall, 1e-6))


def _season(days: pd.DatetimeIndex, plain: np.ndarray) -> np.ndarray | None:
    """The logarithm of the level by day of the year without growth, smoothed, and drawn towards 0 while years are few.

    Growth is straight in the logarithm, from the days that were seen in two years; drawn towards none while those are
    few.
    """
    count = len(plain)
    ordinary = pd.Series(plain)
    if count < FULL_YEAR_DAYS or not (ordinary > 0.0).any():
        return None
    level = ordinary.rolling(LEVEL_DAYS, center=True, min_periods=3).mean().interpolate(limit_direction="both")
    log_level = np.log(np.maximum(level.to_numpy(), 0.02 * level.mean()))
    overlap_days = count - YEAR_DAYS
    trust = overlap_days / (overlap_days + GROWTH_PRIOR_DAYS)
    growth = trust * np.mean(log_level[YEAR_DAYS:] - log_level[:-YEAR_DAYS])
    rest = log_level - growth * np.arange(count) / YEAR_DAYS
    place = _day_of_year(days)
    mean = np.bincount(place, rest, YEAR_DAYS) / np.maximum(np.bincount(place, minlength=YEAR_DAYS), 1)
    offset = np.arange(-SEASON_REACH_DAYS, SEASON_REACH_DAYS + 1)
    kernel = np.exp(-0.5 * (offset / SEASON_SMOOTHING_DAYS) ** 2)
    around = np.concatenate([mean[-SEASON_REACH_DAYS:], mean, mean[:SEASON_REACH_DAYS]])
    smooth = np.convolve(around, kernel / kernel.sum(), "valid")
    years = count / YEAR_DAYS
    return (smooth - smooth.mean()) * years / (years + 1.0)


def _day_of_year(days: pd.DatetimeIndex) -> np.ndarray:
    return np.minimum(days.day_of_year.to_numpy(), YEAR_DAYS) - 1
