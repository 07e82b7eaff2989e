"""The parts of a store: its categories, countries and products as one panel, and what can be forecast of each.

A *panel* is a float frame of days by series, in the store's currency, without gaps; a day without a sale is a zero. Its
series add up to their *parent*: categories and countries to the store, products to their category. What cannot be
forecast on its own, because it is new, has ended or is one of very many, is part of a series "(other products of
...)", so that nothing is missing from the sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.forecasting.estimators import MIN_HISTORY_DAYS

ENDED_DAYS = 91
INTERMITTENT_RATE = 0.25  # of the last 91 days with a sale
SERIES_LIMIT = 1000
OTHER = "(other products of {})"
OTHERS = {"category": "(other categories)", "country": "(other countries)"}
WORDS = {
    "regular": "share of its parent, moving as shares have moved before",
    "intermittent": "mean share of its parent, spread over the days; single sales cannot be foreseen",
    "new": "not enough history: first sold less than 28 days ago",
    "ended": "nothing sold for 91 days: none expected",
    "small": "not among the {limit:,} products that sold most in 91 days",
    "rest": "what is left of its parent, in one sum",
}


@dataclass(frozen=True)
class Level:
    """The series of one level of a store.

    Attributes
    ----------
    name : str
        category, country or product.
    panel : DataFrame
        Days by series; see the module.
    parents : Series
        Per series, the parent's key: "total" or a category.
    """

    name: str
    panel: pd.DataFrame
    parents: pd.Series

    def until(self, cutoff: pd.Timestamp, limit: int = SERIES_LIMIT) -> tuple[Level, pd.DataFrame]:
        """What was known at a cutoff: the level with the series that can be forecast, and a word on each.

        The second frame has a row per series: ``series_key``, ``parent_key``, ``status`` and ``method`` in words.
        """
        panel = self.panel[:cutoff]
        values = panel.to_numpy()
        sold = values > 0.0
        has_sold = sold.any(axis=0)
        age_days = np.where(has_sold, len(panel) - sold.argmax(axis=0), 0)
        recent = values[-ENDED_DAYS:]
        recent_rate = (recent > 0.0).mean(axis=0) if len(recent) else np.zeros(values.shape[1])
        status = np.where(recent_rate < INTERMITTENT_RATE, "intermittent", "regular").astype(object)
        status[age_days < MIN_HISTORY_DAYS] = "new"
        status[recent_rate == 0.0] = "ended"
        is_alive = np.isin(status, ("regular", "intermittent"))
        if is_alive.sum() > limit:
            order = np.argsort(-np.where(is_alive, recent.sum(axis=0), -np.inf), kind="stable")
            small = order[limit:]
            status[small[is_alive[small]]] = "small"
        kept = np.isin(status, ("regular", "intermittent"))

        words = pd.DataFrame({"series_key": panel.columns, "parent_key": self.parents.to_numpy(), "status": status})
        words = words[has_sold]
        parts = [panel.loc[:, kept]]
        parents = [self.parents[kept]]
        for parent in sorted(set(self.parents[~kept & has_sold])):
            is_own = (self.parents == parent).to_numpy() & ~kept
            key = OTHERS.get(self.name) or OTHER.format(parent)
            parts.append(pd.DataFrame({key: values[:, is_own].sum(axis=1)}, index=panel.index))
            parents.append(pd.Series({key: parent}))
            words.loc[len(panel.columns) + len(parts)] = (key, parent, "rest")
        words["method"] = [WORDS[status].format(limit=limit) for status in words["status"]]
        return Level(self.name, pd.concat(parts, axis=1), pd.concat(parents)), words.reset_index(drop=True)


def make_panel(rows: pd.DataFrame, days: pd.DatetimeIndex) -> pd.DataFrame:
    """The panel of long rows with ``series_key``, ``revenue_date`` and ``net_revenue``, on the given days."""
    keys = np.array(sorted(rows["series_key"].unique()), dtype=object)
    place = pd.Index(keys).get_indexer(rows["series_key"])
    day = days.get_indexer(rows["revenue_date"])
    is_in = day >= 0
    values = np.zeros((len(days), len(keys)))
    np.add.at(values, (day[is_in], place[is_in]), rows["net_revenue"].to_numpy(float)[is_in])
    return pd.DataFrame(values, index=days, columns=keys)


def spread(parent: np.ndarray, parts: np.ndarray, decimals: int) -> np.ndarray:
    """Parts that add up to their parent on each day, exactly at so many decimals, in the proportions of ``parts``.

    Parameters
    ----------
    parent : ndarray of shape (n_days,)
        Zero or more.
    parts : ndarray of shape (n_days, n_series)
        Zero or more; on a day on which all are zero, the proportions of all days count, and equal ones at last.

    References
    ----------
    Athanasopoulos, Ahmed and Hyndman (2009), Hierarchical forecasts for Australian domestic tourism, International
    Journal of Forecasting 25: top-down by forecast proportions.
    """
    overall = parts.sum(axis=0)
    overall = overall if overall.sum() > 0.0 else np.ones(parts.shape[1])
    total = parts.sum(axis=1, keepdims=True)
    proportion = np.where(total > 0.0, parts / np.where(total > 0.0, total, 1.0), overall / overall.sum())
    unit = 10**decimals
    whole = np.round(parent * unit)
    units = np.floor(proportion * whole[:, None])
    left = (whole - units.sum(axis=1)).astype(int)
    # what rounding down has left goes, a unit each, to the largest
    rank = np.argsort(np.argsort(-proportion, axis=1, kind="stable"), axis=1, kind="stable")
    units += rank < left[:, None]
    units[np.arange(len(units)), np.argmax(proportion, axis=1)] += np.maximum(left - parts.shape[1], 0)
    return units / unit
