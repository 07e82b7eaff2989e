"""K-Means segments: how many, which, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.preprocessing import RobustScaler

from ml.snapshots import BLOCK_ROWS

COUNTS = range(3, 9)
FITTED_ROWS = 10_000
JUDGED_ROWS = 2_000
CLIP = 3.0  # scaled features beyond this are one wild customer
STABLE_RAND = 0.7
# feature: the words for much of it, and for little
WORDS = {
    "recency_days": ("long silent", "recent"),
    "purchase_count": ("frequent", "rare"),
    "net_revenue": ("high revenue", "low revenue"),
    "mean_purchase_amount": ("large purchases", "small purchases"),
    "tenure_days": ("long-standing", "new"),
    "return_rate": ("returns much", "returns little"),
    "discount_rate": ("buys on discount", "pays full price"),
}
LOGARITHMIC = ("recency_days", "purchase_count", "net_revenue", "mean_purchase_amount", "tenure_days")


@dataclass(frozen=True)
class Segments:
    """Segments of a store's customers.

    Attributes
    ----------
    numbers : array
        The segment of each customer, from 1.
    names : dict
        What each is called.
    profile : DataFrame
        A row per segment: its customers, and the median of each feature.
    choice : DataFrame
        A row per count that was tried: ``silhouette`` (Rousseeuw 1987) and ``stability`` (adjusted Rand index between
        the segments of two halves of the customers).
    """

    numbers: np.ndarray
    names: dict[int, str]
    profile: pd.DataFrame
    choice: pd.DataFrame


def find_segments(customers: pd.DataFrame, previous: pd.Series | None = None, seed: int = 42) -> Segments | None:
    """Segment the customers of one day; None where there are too few to tell (less than 50, or all alike).

    ``previous`` holds the segment that customers were in before, by place in ``customers`` and NaN for who is new: a
    segment that keeps most of its customers keeps its number. Without it, the one with the highest revenue is 1.

    The count is the one with the best silhouette among those whose segments come out alike from either half of the
    customers (adjusted Rand index 0.7 or more); if none does, the one that comes nearest to it.
    """
    scaled = _scaled(customers)
    if len(customers) < 50 or len(np.unique(scaled, axis=0)) < max(COUNTS):
        return None
    order = np.random.default_rng(seed).permutation(len(scaled))[:FITTED_ROWS]
    halves, judged = np.array_split(scaled[np.sort(order)], 2), scaled[np.sort(order[:JUDGED_ROWS])]
    tried, models = {}, {}
    for count in COUNTS:
        models[count] = KMeans(count, n_init=2, random_state=seed).fit(scaled[np.sort(order)])
        pair = [KMeans(count, n_init=2, random_state=seed).fit(half).predict(judged) for half in halves]
        labels = models[count].predict(judged)
        has_several = len(np.unique(labels)) > 1
        tried[count] = {
            "silhouette": silhouette_score(judged, labels) if has_several else 0.0,
            "stability": adjusted_rand_score(*pair),
        }
    choice = pd.DataFrame(tried).T.rename_axis("segment_count")
    stable = choice[choice["stability"] >= STABLE_RAND]
    count = int(stable["silhouette"].idxmax()) if len(stable) else int(choice["stability"].idxmax())
    found = np.concatenate(
        [models[count].predict(scaled[start : start + BLOCK_ROWS]) for start in range(0, len(scaled), BLOCK_ROWS)]
    )
    numbers = _numbered(found, customers["net_revenue"].to_numpy(float), previous)
    profile = customers[list(WORDS)].astype(float).groupby(numbers).median().rename_axis("segment_number")
    profile.insert(0, "customer_count", pd.Series(numbers).value_counts())
    return Segments(numbers, _names(scaled, numbers), profile, choice)


def _scaled(customers: pd.DataFrame) -> np.ndarray:
    """The features by their median and quartiles; where the middle half is alike (discounts of few), by their
    spread."""
    features = customers[list(WORDS)].astype(float).fillna(0.0)
    for name in LOGARITHMIC:
        features[name] = np.log1p(np.maximum(features[name], 0.0))
    values = features.to_numpy()
    scaler = RobustScaler(quantile_range=(16.0, 84.0)).fit(values)
    alike = np.subtract(*np.quantile(values, [0.84, 0.16], axis=0)) == 0.0
    spread = np.where(values.std(axis=0) > 0, values.std(axis=0), 1.0)
    half_width = np.where(alike, spread, scaler.scale_ / 2.0)
    return np.clip((values - scaler.center_) / half_width, -CLIP, CLIP)


def _numbered(found: np.ndarray, net_revenue: np.ndarray, previous: pd.Series | None) -> np.ndarray:
    """Numbers from 1: by mean revenue, highest first; where there are earlier ones, so that most customers keep
    theirs."""
    _, found = np.unique(found, return_inverse=True)  # K-Means may leave a centre without customers
    count = found.max() + 1
    revenue = np.bincount(found, weights=net_revenue) / np.bincount(found)
    by_revenue = np.empty(count, dtype=int)
    by_revenue[np.argsort(-revenue, kind="stable")] = np.arange(1, count + 1)
    if previous is None or previous.isna().all():
        return by_revenue[found]
    was = previous.to_numpy(float)
    known = ~np.isnan(was)
    old = np.unique(was[known]).astype(int)
    kept = np.array(
        [[np.sum((found[known] == new) & (was[known] == number)) for number in old] for new in range(count)]
    )
    rows, places = linear_sum_assignment(-kept)
    numbers = dict(zip(rows, old[places], strict=True))
    free = iter(number for number in range(1, 2 * max(COUNTS) + 1) if number not in set(old))
    for new in np.argsort(by_revenue):
        if new not in numbers:
            numbers[new] = next(free)
    return np.array([numbers[new] for new in range(count)])[found]


def _names(scaled: np.ndarray, numbers: np.ndarray) -> dict[int, str]:
    """The two features in which a segment lies farthest from all customers, in words; a number where two would be
    equal."""
    overall = scaled.mean(axis=0)
    names: dict[int, str] = {}
    for number in np.unique(numbers):
        away = scaled[numbers == number].mean(axis=0) - overall
        strongest = np.argsort(-np.abs(away), kind="stable")[:2]
        words = [WORDS[list(WORDS)[place]][0 if away[place] > 0 else 1] for place in strongest]
        name = ", ".join(words)
        names[int(number)] = name if name not in names.values() else f"{name} ({number})"
    return names
