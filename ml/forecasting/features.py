"""Rows to learn from: one per origin and lead time, holding only what was known when the day of the origin ended.

A *history* is a float Series on a daily DatetimeIndex without gaps, in the store's currency. The *origin* is the last
day known, the *lead* is how many days later the forecast day lies. Every amount is divided by the *level*, the mean
of the 28 days up to the origin, so that a year of growth does not look like a new kind of day.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.forecasting.calendars import Calendar, season_waves

LEVEL_DAYS = 28
PROFILE_WEEKS = 8
FIRST_ORIGIN = 13  # two weeks show each weekday twice
CLOSED_WEEKS = 12
CLOSED_RATE = 0.8
FULL_YEAR_DAYS = 400  # a shorter history cannot tell the week of the year from growth
CLEAN_LIMIT = 5.0  # median absolute deviations


def check_history(history: pd.Series) -> pd.Series:
    """The history itself as float; ValueError says what was wanted and what came."""
    if not isinstance(history, pd.Series) or not isinstance(history.index, pd.DatetimeIndex):
        raise ValueError(f"wanted a Series on a DatetimeIndex, got {type(history).__name__}")
    steps_days = np.diff(history.index.to_numpy()) / np.timedelta64(1, "D")
    if (steps_days != 1).any():
        before = history.index[int(np.argmax(steps_days != 1))]
        raise ValueError(f"wanted a daily history without gaps, in order; got none for the day after {before:%Y-%m-%d}")
    values = history.astype(float)
    is_number = np.isfinite(values.to_numpy())
    if not is_number.all():
        raise ValueError(f"wanted a number on every day, got none on {history.index[~is_number][0]:%Y-%m-%d}")
    return values


def days_after(history: pd.Series, horizon_days: int) -> pd.DatetimeIndex:
    """The ``horizon_days`` days after a history; ValueError when that is none."""
    if horizon_days < 1:
        raise ValueError(f"wanted a horizon of 1 day or more, got {horizon_days}")
    return pd.date_range(history.index[-1] + pd.Timedelta(days=1), periods=horizon_days, name="forecast_date")


def trailing_mean(values: np.ndarray, days: int) -> np.ndarray:
    """Per day, the mean of the ``days`` days that end on it (fewer at the start)."""
    return pd.Series(values).rolling(days, min_periods=1).mean().to_numpy()


def same_weekday_mean(values: np.ndarray, weeks: int) -> np.ndarray:
    """Per day (first axis), the mean of that day and the same weekday of up to ``weeks - 1`` weeks before."""
    total, count = np.zeros(values.shape), np.zeros((len(values),) + (1,) * (values.ndim - 1))
    for shift in range(0, min(7 * weeks, len(values)), 7):
        total[shift:] += values[: len(values) - shift]
        count[shift:] += 1
    return total / count


def levels(values: np.ndarray) -> np.ndarray:
    """Per day, the mean of 28 days up to it, held at or above a tenth of the mean of all days so far; never zero.

    The floor keeps the days of a store that was shut for weeks from being divided by next to nothing.
    """
    mean_so_far = np.cumsum(np.maximum(values, 0.0)) / np.arange(1, len(values) + 1)
    floor = 0.1 * np.where(mean_so_far > 0.0, mean_so_far, 1.0)
    return np.maximum(trailing_mean(values, LEVEL_DAYS), floor)


def closed_weekdays(values: np.ndarray) -> np.ndarray:
    """Per day, whether its weekday is a closing day: 80 % zeros or more among the last twelve, of four at least."""
    is_closed = same_weekday_mean((values == 0.0).astype(float), CLOSED_WEEKS) >= CLOSED_RATE
    is_closed[: 7 * 3] = False
    return is_closed


def clean(values: np.ndarray) -> np.ndarray:
    """A history to learn from: days far above their weekday's usual share of the level are pulled to the limit.

    The limit is the median plus five median absolute deviations of the ratio to level and weekday, over all open
    days, and twice the usual at least; as far below, for days on which more came back than went out. Only training
    data are cleaned, forecasts are judged by what happened.
    """
    level = levels(values)
    profile = same_weekday_mean(values / level, PROFILE_WEEKS)
    week_before = np.concatenate([profile[:7], profile])[: len(values)]
    usual = level * np.maximum(week_before, 0.1)
    ratio = values / usual
    is_open = values != 0.0
    if not is_open.any():
        return values
    middle = np.median(ratio[is_open])
    reach = max(CLEAN_LIMIT * np.median(np.abs(ratio[is_open] - middle)), 1.0)
    low, high = min(middle - reach, 0.0), middle + reach
    return np.where((ratio < low) | (ratio > high), np.clip(ratio, low, high) * usual, values)


def training_pairs(history_days: int, horizon_days: int, max_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Origins (positions) and leads (days) of the rows a history can teach, thinned evenly to ``max_rows`` or fewer."""
    origins, leads = np.meshgrid(
        np.arange(FIRST_ORIGIN, history_days - 1), np.arange(1, horizon_days + 1), indexing="ij"
    )
    has_happened = origins + leads < history_days
    origins, leads = origins[has_happened], leads[has_happened]
    # a stride that shares no divisor with week and horizon meets every weekday and every lead alike
    stride = max(1, -(-len(origins) // max_rows))
    while stride > 1 and (np.gcd(stride, horizon_days) > 1 or stride % 7 == 0):
        stride += 1
    return origins[::stride], leads[::stride]


class FeatureTable:
    """Features and targets of one history, for any pair of origin and lead.

    Parameters
    ----------
    history : Series
        See the module.
    calendar : Calendar
    """

    def __init__(self, history: pd.Series, calendar: Calendar) -> None:
        self.values = history.to_numpy(float)
        self.first_day = history.index[0]
        self.calendar = calendar
        self.level = levels(self.values)
        self.closed = closed_weekdays(self.values)

    def rows(self, origins: np.ndarray, leads: np.ndarray) -> pd.DataFrame:
        """The features of forecasting day ``origins + leads`` on day ``origins`` (positions in the history).

        Returns a float frame with one row per pair, in their order. Nothing after the origin is looked at, save the
        calendar. Amounts are shares of the level at the origin; a lag is that of the day forecast, stepped back by
        its own length until it is known at the origin. With 400 days of history come the week of the year, and how
        far the season moves on from the level to the day forecast.
        """
        values, scale = self.values, self.level[origins]
        mean_30 = trailing_mean(values, 30)[origins]
        lag_7 = _latest_known(origins, leads, 7)
        lag_30 = _latest_known(origins, leads, 30)
        features = {
            "lead_days": leads,
            "revenue_lag_7": values[lag_7] / scale,
            "revenue_lag_30": np.where(lag_30 >= 0, values[np.maximum(lag_30, 0)], mean_30) / scale,
            "moving_average_7": trailing_mean(values, 7)[origins] / scale,
            "moving_average_30": mean_30 / scale,
            "level_91": trailing_mean(values, 91)[origins] / scale,
            "weekday_profile": same_weekday_mean(values / self.level, PROFILE_WEEKS)[lag_7],
            "weekday_profile_4": same_weekday_mean(values / self.level, 4)[lag_7],
            "weekday_profile_26": same_weekday_mean(values / self.level, 26)[lag_7],
            "trend": np.log(scale / self.level[np.maximum(origins - 91, 0)]),
        }
        target = origins + leads
        days = self._days(target.min(), target.max())
        calendar = self.calendar.features(days).iloc[target - target.min()].reset_index(drop=True)
        rows = pd.concat([pd.DataFrame(features), calendar], axis=1).astype(float)
        if len(values) < FULL_YEAR_DAYS:
            return rows.drop(columns="iso_week")
        change = self._waves(target) - self._waves(origins - LEVEL_DAYS // 2)  # since the middle of the level
        rows["week_year_before"] = self._week_year_before(origins, target)
        return rows.assign(**{f"season_change_{number}": wave for number, wave in enumerate(change.T, start=1)})

    def ratio(self, origins: np.ndarray, leads: np.ndarray) -> np.ndarray:
        """What is learnt: revenue of the day forecast, as a share of the level at the origin."""
        return self.values[origins + leads] / self.level[origins]

    def is_closed(self, origins: np.ndarray, leads: np.ndarray) -> np.ndarray:
        """Whether the day forecast falls on a weekday that is a closing day, as known at the origin."""
        return self.closed[_latest_known(origins, leads, 7)]

    def _week_year_before(self, origins: np.ndarray, target: np.ndarray) -> np.ndarray:
        """Revenue of the fortnight around the day a year before, against the level at that year's origin; 1 unknown."""
        around = pd.Series(self.values).rolling(15, center=True, min_periods=8).mean().to_numpy()
        day, then = target - 364, origins - 364
        known = (then >= LEVEL_DAYS) & (day + 7 <= origins)
        ratio = around[np.clip(day, 0, len(around) - 1)] / self.level[np.clip(then, 0, None)]
        return np.where(known & (day >= 0), ratio, 1.0)

    def _days(self, first: int, last: int) -> pd.DatetimeIndex:
        """The days at positions in the history, which may lie before or after it."""
        return pd.date_range(self.first_day + pd.Timedelta(days=int(first)), periods=int(last - first) + 1)

    def _waves(self, positions: np.ndarray) -> np.ndarray:
        first = positions.min()
        return season_waves(self._days(first, positions.max()))[positions - first]


def _latest_known(origins: np.ndarray, leads: np.ndarray, period_days: int) -> np.ndarray:
    """The latest day, a multiple of the period before the day forecast, that is not after the origin."""
    return origins + leads - period_days * -(-leads // period_days)
