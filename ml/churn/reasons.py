"""Why a customer's chance is what it is, in words: the two strongest contributions.

The contribution of a group of features is how much the odds change when the group is put to what is usual in the store
(the median customer) and all else is left: the model is asked, and no other model in its place.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.special import logit

SMALLEST_RATE = 1e-4
LEAST_CONTRIBUTION = 0.02  # of log odds; less is no reason
# group: its features, the words where it raises the chance, the words where it lowers it
GROUPS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "silence": (
        ("recency_days", "recency_by_gap", "alive_rate", "silence_rate"),
        "silent for long, by their own habit",
        "bought lately, by their own habit",
    ),
    "frequency": (
        ("purchase_count", "order_count", "tenure_days", "recent_purchase_count"),
        "few purchases so far",
        "many purchases so far",
    ),
    "pace": (
        ("mean_gap_days", "gap_variance", "last_gap_days", "gap_trend_rate"),
        "purchases come slowly, or slower",
        "purchases come in quick succession",
    ),
    "amount": (
        ("recent_net_revenue", "net_revenue", "mean_purchase_amount", "last_purchase_amount", "amount_trend_rate",
         "mean_units_sold", "category_count"),
        "spends little, or less than before",
        "spends much, or more than before",
    ),
    "returns": (("return_rate",), "what they sent back", "sends little back"),
    "discount": (("discount_rate",), "how they use discounts", "how they use discounts"),
    "season": (("last_purchase_month",), "season of the last purchase", "season of the last purchase"),
    "country": (("country",), "their country", "their country"),
}  # fmt: skip


def explain(
    matrix: pd.DataFrame, chance: np.ndarray, usual: pd.Series, predict: Callable[[pd.DataFrame], np.ndarray]
) -> pd.DataFrame:
    """The two strongest reasons of each customer: ``reason_1`` and ``reason_2``, None where there is none.

    Parameters
    ----------
    matrix : DataFrame
        Features of the customers.
    chance : array
        What the model says of them.
    usual : Series
        The usual value of each feature.
    predict : callable
        The model, from features to chances.
    """
    said, names = _log_odds(chance), list(matrix.columns)
    values, median = matrix.to_numpy(), usual[names].to_numpy()
    contributions = np.zeros((len(matrix), len(GROUPS)))
    for number, (features, _, _) in enumerate(GROUPS.values()):
        places = [names.index(name) for name in features]
        # who is as usual already has nothing to explain, and need not be asked about
        others = np.flatnonzero((values[:, places] != median[places]).any(axis=1))
        if len(others):
            altered = values[others]
            altered[:, places] = median[places]
            asked = predict(pd.DataFrame(altered, columns=names))
            contributions[others, number] = said[others] - _log_odds(asked)
    # no group acts where it does not differ from what is usual; ties go to the group named first
    order = np.argsort(-np.round(np.abs(contributions), 9), axis=1, kind="stable")[:, :2]
    rows = np.arange(len(matrix))
    words = np.array([(lower, higher) for _, higher, lower in GROUPS.values()], dtype=object)
    reasons = {}
    for place in (0, 1):
        group = order[:, place]
        strength = contributions[rows, group]
        text = words[group, (strength > 0).astype(int)]
        reasons[f"reason_{place + 1}"] = np.where(np.abs(strength) >= LEAST_CONTRIBUTION, text, None)
    return pd.DataFrame(reasons, index=matrix.index)


def _log_odds(chance: np.ndarray) -> np.ndarray:
    return logit(np.clip(chance, SMALLEST_RATE, 1.0 - SMALLEST_RATE))
