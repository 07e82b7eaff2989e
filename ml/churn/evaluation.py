"""How good were the chances, and who is published."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from ml.churn.entrants import SAFE_CHOICE

TOP_SHARE = 0.1
BINS = 10


def score(chance: np.ndarray, churned: np.ndarray) -> dict[str, float]:
    """Average precision, lift in the tenth with the highest chances, Brier score, calibration error and AUC.

    The calibration error is the mean distance of chance and outcome over tenths of customers by chance, as rates.
    NaN where all became the same.
    """
    chance, churned = np.asarray(chance, dtype=float), np.asarray(churned, dtype=float)
    base_rate = churned.mean()
    has_both = 0.0 < base_rate < 1.0
    top = np.argsort(-chance, kind="stable")[: max(1, int(len(chance) * TOP_SHARE))]
    table = calibration(chance, churned)
    return {
        "average_precision": float(average_precision_score(churned, chance)) if has_both else np.nan,
        "lift": float(churned[top].mean() / base_rate) if base_rate > 0 else np.nan,
        "brier": float(np.mean((chance - churned) ** 2)),
        "calibration_error": float(
            np.average((table["forecast"] - table["actual"]).abs(), weights=table["customer_count"])
        ),
        "auc": float(roc_auc_score(churned, chance)) if has_both else np.nan,
        "base_rate": float(base_rate),
        "customer_count": len(churned),
    }


def score_entrants(said: pd.DataFrame, churned: np.ndarray) -> pd.DataFrame:
    """``score`` of every column, a row each."""
    return pd.DataFrame({name: score(said[name].to_numpy(), churned) for name in said}).T


def choose_champion(scores: list[pd.DataFrame]) -> str:
    """Who to publish, by the scores of past days: the combination, unless another was better in both average precision
    and Brier score on average; then the one of these with the best Brier score."""
    if not scores:
        return SAFE_CHOICE
    mean = sum(table[["average_precision", "brier"]] for table in scores) / len(scores)
    safe = mean.loc[SAFE_CHOICE]
    better = mean[(mean["average_precision"] > safe["average_precision"]) & (mean["brier"] < safe["brier"])]
    return str(better["brier"].idxmin()) if len(better) else SAFE_CHOICE


def calibration(chance: np.ndarray, churned: np.ndarray) -> pd.DataFrame:
    """Mean chance and share that stayed away of each tenth of customers, lowest first: ``forecast``, ``actual`` and
    ``customer_count``; customers of one chance stay together."""
    order = np.argsort(chance, kind="stable")
    place = np.empty(len(chance))
    place[order] = np.arange(len(chance))
    _, same = np.unique(chance, return_inverse=True)
    middle = np.bincount(same, weights=place) / np.bincount(same)
    bins = np.minimum((middle[same] * BINS / len(chance)).astype(int), BINS - 1)
    grouped = pd.DataFrame({"forecast": chance, "actual": churned}).groupby(bins)
    return grouped.mean().assign(customer_count=grouped.size()).reset_index(drop=True)


def precision_recall(chance: np.ndarray, churned: np.ndarray, points: int = 100) -> pd.DataFrame:
    """The precision-recall curve at so many points: ``recall``, ``precision``."""
    precision, recall, _ = precision_recall_curve(churned, chance)
    kept = np.unique(np.linspace(0, len(recall) - 1, points).astype(int))
    return pd.DataFrame({"recall": recall[kept], "precision": precision[kept]}).sort_values("recall")
