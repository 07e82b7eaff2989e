"""What a day is known to be long before it comes: its place in the year, and how far the next public holiday is."""

from __future__ import annotations

from functools import lru_cache

import holidays
import numpy as np
import pandas as pd

HOLIDAY_REACH_DAYS = 14  # farther from a holiday than this, a day is an ordinary day
YEAR_DAYS = 365.25


@lru_cache(maxsize=256)
def _holiday_rates(country_code: str, year: int) -> dict[pd.Timestamp, float]:
    """Share of a country's regions (0-1) in which a day of the year is a public holiday; national ones have 1."""
    national = holidays.country_holidays(country_code, years=year)
    rates = {pd.Timestamp(day): 1.0 for day in national}
    regions = national.subdivisions
    for region in regions:
        for day in holidays.country_holidays(country_code, subdiv=region, years=year):
            stamp = pd.Timestamp(day)
            if day not in national:
                rates[stamp] = rates.get(stamp, 0.0) + 1.0 / len(regions)
    return rates


def has_holidays(country_code: str | None) -> bool:
    """Whether the public holidays of a country (two letters, ISO 3166-1) are known."""
    return bool(country_code) and country_code.upper() in holidays.list_supported_countries()


def holiday_rates(days: pd.DatetimeIndex, country_code: str | None) -> np.ndarray:
    """Share of the country's regions (0-1) that keep each day as a public holiday; zeros for an unknown country."""
    if not has_holidays(country_code):
        return np.zeros(len(days))
    rates: dict[pd.Timestamp, float] = {}
    for year in range(days[0].year, days[-1].year + 1):
        rates |= _holiday_rates(country_code.upper(), year)
    return np.array([min(rates.get(day, 0.0), 1.0) for day in days])


def calendar_features(days: pd.DatetimeIndex, country_code: str | None) -> pd.DataFrame:
    """What the calendar says of each day; one row per day, all known for any day of the future.

    Columns: ``weekday`` (0 is Monday), ``month``, ``quarter``, ``iso_week``, ``holiday_rate`` (0-1),
    ``days_to_holiday`` and ``days_since_holiday`` (at most 14; a holiday is kept by half of the country or more).
    """
    reach = pd.Timedelta(days=HOLIDAY_REACH_DAYS)
    wide = pd.date_range(days[0] - reach, days[-1] + reach)
    wide_rates = holiday_rates(wide, country_code)
    position = np.arange(len(wide), dtype=float)
    on_holiday = np.where(wide_rates >= 0.5, position, np.nan)
    last = pd.Series(on_holiday).ffill().to_numpy()
    next_ = pd.Series(on_holiday).bfill().to_numpy()
    inner = wide.get_indexer(days)

    return pd.DataFrame(
        {
            "weekday": days.day_of_week,
            "month": days.month,
            "quarter": days.quarter,
            "iso_week": days.isocalendar().week.to_numpy(dtype=int),
            "holiday_rate": wide_rates[inner],
            "days_to_holiday": _capped(next_ - position)[inner],
            "days_since_holiday": _capped(position - last)[inner],
        },
        index=days,
    )


def season_waves(days: pd.DatetimeIndex) -> np.ndarray:
    """Place in the year as sine and cosine of one and of two waves a year; shape (n_days, 4)."""
    angle = 2.0 * np.pi * (days - pd.Timestamp("2000-01-01")).days.to_numpy() / YEAR_DAYS
    return np.stack([np.sin(angle), np.cos(angle), np.sin(2.0 * angle), np.cos(2.0 * angle)], axis=1)


def _capped(distance_days: np.ndarray) -> np.ndarray:
    return np.minimum(np.nan_to_num(distance_days, nan=HOLIDAY_REACH_DAYS), HOLIDAY_REACH_DAYS)
