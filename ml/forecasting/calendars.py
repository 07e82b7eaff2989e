"""What a day is known to be long before it comes: its place in the year, public holidays, and what is planned."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import holidays
import numpy as np
import pandas as pd

HOLIDAY_REACH_DAYS = 14  # farther from a holiday than this, a day is an ordinary day
YEAR_DAYS = 365.25
EVENT_COLUMNS = ("event_kind", "starts_on", "ends_on", "coverage_rate", "discount_pct")


def _no_events() -> pd.DataFrame:
    return pd.DataFrame(columns=list(EVENT_COLUMNS))


@dataclass(frozen=True)
class Calendar:
    """What is known ahead of the days of one series.

    Parameters
    ----------
    country_code : str or None
        Whose public holidays count; two letters, ISO 3166-1. Without one there are no holidays.
    events : DataFrame
        What the store has planned, past and future: ``event_kind`` (promotion, closure, price), ``starts_on`` and
        ``ends_on`` (inclusive; none: for good), ``coverage_rate`` (share of the series' revenue that it concerns, 0-1)
        and ``discount_pct`` (0-100).
    """

    country_code: str | None = None
    events: pd.DataFrame = field(default_factory=_no_events)

    def holiday_rates(self, days: pd.DatetimeIndex) -> np.ndarray:
        """Share of the country's regions (0-1) that keep each day as a public holiday; zeros for an unknown country."""
        return np.array([rate for rate, _ in self._holidays(days)])

    def holiday_names(self, days: pd.DatetimeIndex) -> np.ndarray:
        """The public holiday that half of the country or more keeps on each day; empty on others."""
        return np.array([name if rate >= 0.5 else "" for rate, name in self._holidays(days)], dtype=object)

    def _holidays(self, days: pd.DatetimeIndex) -> list[tuple[float, str]]:
        if not has_holidays(self.country_code) or len(days) == 0:
            return [(0.0, "")] * len(days)
        known: dict[pd.Timestamp, tuple[float, str]] = {}
        for year in range(days.min().year, days.max().year + 1):
            known |= _holidays_of(self.country_code.upper(), year)
        return [known.get(day, (0.0, "")) for day in days]

    def features(self, days: pd.DatetimeIndex) -> pd.DataFrame:
        """What the calendar says of consecutive days; one row per day, all known for any day of the future.

        Columns: ``weekday`` (0 is Monday), ``month``, ``quarter``, ``iso_week``, ``holiday_rate`` (0-1),
        ``days_to_holiday`` and ``days_since_holiday`` (at most 14; a holiday is kept by half of the country or more),
        ``promotion_rate`` (share of revenue in promotions, 0-1), ``discount_pct`` (of all revenue, 0-100).
        """
        reach = pd.Timedelta(days=HOLIDAY_REACH_DAYS)
        wide = pd.date_range(days[0] - reach, days[-1] + reach)
        wide_rates = self.holiday_rates(wide)
        position = np.arange(len(wide), dtype=float)
        on_holiday = np.where(wide_rates >= 0.5, position, np.nan)
        last = pd.Series(on_holiday).ffill().to_numpy()
        next_ = pd.Series(on_holiday).bfill().to_numpy()
        inner = wide.get_indexer(days)
        promoted, discounted = self.promotions(days)
        return pd.DataFrame(
            {
                "weekday": days.day_of_week,
                "month": days.month,
                "quarter": days.quarter,
                "iso_week": days.isocalendar().week.to_numpy(dtype=int),
                "holiday_rate": wide_rates[inner],
                "days_to_holiday": _capped(next_ - position)[inner],
                "days_since_holiday": _capped(position - last)[inner],
                "promotion_rate": promoted,
                "discount_pct": discounted,
            },
            index=days,
        )

    def promotions(self, days: pd.DatetimeIndex) -> tuple[np.ndarray, np.ndarray]:
        """Per day, the share of revenue shown in promotions (0-1), and the discount on all revenue in percent.

        Lasting prices add to the discount alone.
        """
        promoted, discounted = np.zeros(len(days)), np.zeros(len(days))
        for event in self.events.itertuples():
            if event.event_kind != "closure":
                is_on = _is_on(event, days)
                promoted += is_on * (event.coverage_rate if event.event_kind == "promotion" else 0.0)
                discounted += is_on * event.coverage_rate * event.discount_pct
        return np.minimum(promoted, 1.0), discounted

    def is_closed(self, days: pd.DatetimeIndex) -> np.ndarray:
        """Per day, whether the store has said that it will be, or was, closed."""
        closed = np.zeros(len(days), dtype=bool)
        for event in self.events.itertuples():
            if event.event_kind == "closure":
                closed |= _is_on(event, days)
        return closed


def _is_on(event: tuple, days: pd.DatetimeIndex) -> np.ndarray:
    has_ended = np.zeros(len(days), dtype=bool) if pd.isna(event.ends_on) else days > pd.Timestamp(event.ends_on)
    return (days >= pd.Timestamp(event.starts_on)) & ~has_ended


@lru_cache(maxsize=256)
def _holidays_of(country_code: str, year: int) -> dict[pd.Timestamp, tuple[float, str]]:
    """Per holiday of a year: share of a country's regions (0-1) that keep it, and its name; national ones have 1."""
    national = holidays.country_holidays(country_code, years=year)
    known = {pd.Timestamp(day): (1.0, name) for day, name in national.items()}
    regions = national.subdivisions
    for region in regions:
        for day, name in holidays.country_holidays(country_code, subdiv=region, years=year).items():
            stamp = pd.Timestamp(day)
            if day not in national:
                known[stamp] = (min(known.get(stamp, (0.0, name))[0] + 1.0 / len(regions), 1.0), name)
    return known


def has_holidays(country_code: str | None) -> bool:
    """Whether the public holidays of a country (two letters, ISO 3166-1) are known."""
    return bool(country_code) and country_code.upper() in holidays.list_supported_countries()


def season_waves(days: pd.DatetimeIndex) -> np.ndarray:
    """Place in the year as sine and cosine of one and of two waves a year; shape (n_days, 4)."""
    angle = 2.0 * np.pi * (days - pd.Timestamp("2000-01-01")).days.to_numpy() / YEAR_DAYS
    return np.stack([np.sin(angle), np.cos(angle), np.sin(2.0 * angle), np.cos(2.0 * angle)], axis=1)


def _capped(distance_days: np.ndarray) -> np.ndarray:
    return np.minimum(np.nan_to_num(distance_days, nan=HOLIDAY_REACH_DAYS), HOLIDAY_REACH_DAYS)
