"""What is known of one store when it is forecast, and what of that was known at an earlier day."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from ml.forecasting.calendars import EVENT_COLUMNS, Calendar
from ml.forecasting.panels import Level

COVERAGE_DAYS = 91


@dataclass(frozen=True)
class Store:
    """One store as the models see it.

    Parameters
    ----------
    store_id, name, currency : str
    country_code : str or None
        Two letters, ISO 3166-1.
    history : Series
        Daily net revenue; see ``ml.forecasting.estimators``.
    levels : dict of str to Level
        Its categories, countries and products, on the days of the history.
    events : DataFrame
        What the store has planned and planned before: ``event_name``, ``event_kind``, ``starts_on``, ``ends_on``,
        ``category`` and ``product_id`` (empty text: all), ``discount_pct``.
    """

    store_id: str
    name: str
    currency: str
    country_code: str | None
    history: pd.Series
    levels: Mapping[str, Level] = field(default_factory=dict)
    events: pd.DataFrame = field(default_factory=pd.DataFrame)

    def calendar(self, cutoff: pd.Timestamp) -> Calendar:
        """What is known ahead of the store's total on a day; how much an event covers, by the revenue of 91 days."""
        if self.events.empty:
            return Calendar(self.country_code)
        events = self.events.assign(coverage_rate=self._coverage(cutoff))
        events = events.groupby(["event_kind", "starts_on", "ends_on", "discount_pct"], dropna=False, as_index=False)
        merged = events["coverage_rate"].sum()
        merged["coverage_rate"] = merged["coverage_rate"].clip(upper=1.0)
        return Calendar(self.country_code, merged[list(EVENT_COLUMNS)])

    @property
    def categories(self) -> pd.Series:
        """The category of each product."""
        return self.levels["product"].parents if "product" in self.levels else pd.Series(dtype=object)

    def with_events(self, events: pd.DataFrame) -> Store:
        """The same store with other plans."""
        return replace(self, events=events)

    def fingerprint(self, cutoff: pd.Timestamp) -> bytes:
        """A hash of all that a forecast from a day rests on."""
        digest = hashlib.sha256(f"{self.history.index[0]:%Y-%m-%d} {cutoff:%Y-%m-%d} {self.country_code}".encode())
        digest.update(self.history[:cutoff].to_numpy("<f8").tobytes())
        for name, level in sorted(self.levels.items()):
            digest.update(f"{name} {list(level.panel.columns)} {list(level.parents)}".encode())
            digest.update(np.ascontiguousarray(level.panel[:cutoff].to_numpy("<f8")).tobytes())
        digest.update(self.events.to_csv(index=False).encode())
        return digest.digest()

    def _coverage(self, cutoff: pd.Timestamp) -> np.ndarray:
        """Per event, the share of the store's revenue (0-1) that it concerns, as known before it, and at the cutoff."""
        rates = np.ones(len(self.events))
        for place, event in enumerate(self.events.itertuples()):
            level, key = ("product", event.product_id) if event.product_id else ("category", event.category)
            if key and event.event_kind != "closure":
                until = min(pd.Timestamp(event.starts_on) - pd.Timedelta(days=1), cutoff)
                rates[place] = self._share(level, key, until)
        return rates

    def _share(self, level: str, key: str, until: pd.Timestamp) -> float:
        if level not in self.levels or key not in self.levels[level].panel:
            return 0.0
        since = until - pd.Timedelta(days=COVERAGE_DAYS - 1)
        total = self.history[since:until].clip(lower=0.0).sum()
        own = self.levels[level].panel[key][since:until].clip(lower=0.0).sum()
        return float(min(own / total, 1.0)) if total > 0.0 else 0.0
