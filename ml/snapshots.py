"""Snapshots of customers: features known on a day, and labels after it.

*Snapshots* are a frame with a row per customer and ``snapshot_date``, with the columns of the mart
``fct_customer_features``: features (the past of that day) and ``label_`` columns (its future; NaN until it is over).
Amounts are in the store's currency. A *purchase* is a day with an order.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

PERIODS_DAYS = (90, 180, 365)
NUMERIC_FEATURES = (
    "recency_days",
    "tenure_days",
    "purchase_count",
    "order_count",
    "mean_gap_days",
    "gap_variance",
    "last_gap_days",
    "gap_trend_rate",
    "recent_purchase_count",
    "recent_net_revenue",
    "net_revenue",
    "mean_purchase_amount",
    "last_purchase_amount",
    "amount_trend_rate",
    "mean_units_sold",
    "return_rate",
    "discount_rate",
    "category_count",
    "last_purchase_month",
)
COUNTRIES_KEPT = 5
UNKNOWN = -1.0  # no feature is below 0 that could be missing
BLOCK_ROWS = 50_000
TREE_ROWS = 5_000  # a tree of a forest draws no more: more made none better that could be seen, and all slower


def as_known_on(snapshots: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The snapshots up to a day, with the labels that had come to pass by then; later ones are NaN."""
    known = snapshots[snapshots["snapshot_date"] <= day].copy()
    for period_days in PERIODS_DAYS:
        has_come = known["snapshot_date"] + pd.Timedelta(days=period_days) <= day
        for column in (f"label_net_revenue_{period_days}_days", f"label_purchase_count_{period_days}_days"):
            known[column] = known[column].astype(float).where(has_come)
    waited_days = (day - known["snapshot_date"]).dt.days
    next_purchase_days = known["label_next_purchase_days"].astype(float)
    known["label_next_purchase_days"] = next_purchase_days.where(next_purchase_days <= waited_days)
    return known


def purchase_history(customers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Repeat purchases (x), days from the first purchase to the last (t_x) and until the snapshot (T)."""
    age = customers["tenure_days"].to_numpy(float)
    return customers["purchase_count"].to_numpy(float) - 1.0, age - customers["recency_days"].to_numpy(float), age


def rank_countries(snapshots: pd.DataFrame) -> dict[str, float]:
    """The store's most common countries, numbered from 0; of equally common ones the first by name."""
    counts = snapshots["country_code"].value_counts()
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return {country: float(place) for place, (country, _) in enumerate(ordered[:COUNTRIES_KEPT])}


def feature_matrix(snapshots: pd.DataFrame, country_ranks: dict[str, float]) -> pd.DataFrame:
    """The features as numbers without gaps, a column each; ``country`` is its place among the common ones."""
    matrix = snapshots[list(NUMERIC_FEATURES)].astype(float).fillna(UNKNOWN)
    return matrix.assign(country=snapshots["country_code"].map(country_ranks).astype(float).fillna(UNKNOWN))


def rows_per_tree(row_count: int) -> int | None:
    """How many rows each tree of a forest draws, as scikit-learn's ``max_samples``; None is as many as there are."""
    return TREE_ROWS if row_count > TREE_ROWS else None


def predict_in_blocks(predict: Callable[[np.ndarray], np.ndarray], matrix: np.ndarray) -> np.ndarray:
    """``predict`` on blocks of rows, two at a time: a forest's own threads add up trees in an order of chance."""
    starts = range(0, len(matrix), BLOCK_ROWS)
    with ThreadPoolExecutor(2) as pool:
        return np.concatenate(list(pool.map(lambda start: predict(matrix[start : start + BLOCK_ROWS]), starts)))
