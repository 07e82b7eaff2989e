"""How good were the values, who is published, and how wide are the bands."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from ml.customer_value.entrants import BASELINE, SAFE_CHOICE

TOP_SHARE = 0.1
BINS = 10
BANDS = {"lower_95": 0.025, "lower_80": 0.1, "upper_80": 0.9, "upper_95": 0.975}
CUSTOMERS_FOR_BANDS = 200


def score(forecast: np.ndarray, actual: np.ndarray) -> dict[str, float]:
    """MAE and bias (forecast - actual) in currency, rank correlation (Spearman), and the share of all that was spent
    that
    the tenth with the highest forecasts spent; NaN where nothing can be said."""
    forecast, actual = np.asarray(forecast, dtype=float), np.asarray(actual, dtype=float)
    top = np.argsort(-forecast, kind="stable")[: max(1, int(len(forecast) * TOP_SHARE))]
    spent = actual.sum()
    can_rank = len(actual) > 1 and np.ptp(forecast) > 0 and np.ptp(actual) > 0
    return {
        "mae": float(np.mean(np.abs(forecast - actual))),
        "bias": float(np.mean(forecast - actual)),
        "rank_correlation": float(np.corrcoef(rankdata(forecast), rankdata(actual))[0, 1]) if can_rank else np.nan,
        "captured_rate": float(actual[top].sum() / spent) if spent > 0 else np.nan,
        "customer_count": len(actual),
    }


def score_entrants(said: pd.DataFrame, actual: np.ndarray) -> pd.DataFrame:
    """``score`` of every column, a row each."""
    return pd.DataFrame({name: score(said[name], actual) for name in said}).T


def choose_champion(scores: list[pd.DataFrame], entrants: list[str]) -> str:
    """Who to publish among ``entrants``, by their scores of past days.

    The combination, else BG/NBD with Gamma-Gamma, else the store's mean, else the naive rate; unless another, on
    average over the past days,
    was better in both MAE and captured spend: then the one of these with the least MAE.
    """
    champion = next(name for name in (SAFE_CHOICE, "bg_nbd_gamma_gamma", "store_mean", BASELINE) if name in entrants)
    judged = [table.loc[table.index.isin(entrants), ["mae", "captured_rate"]] for table in scores]
    judged = [table for table in judged if champion in table.index]
    if not judged:
        return champion
    mean = sum(judged) / len(judged)
    better = mean[
        (mean["mae"] < mean.at[champion, "mae"]) & (mean["captured_rate"] > mean.at[champion, "captured_rate"])
    ]
    return str(better["mae"].idxmin()) if len(better) else champion


def calibration(forecast: np.ndarray, actual: np.ndarray) -> pd.DataFrame:
    """Mean forecast and outcome of each tenth of customers, lowest forecasts first; columns ``forecast``,
    ``actual``."""
    order = np.argsort(forecast, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    return pd.DataFrame(
        {"forecast": [forecast[part].mean() for part in parts], "actual": [actual[part].mean() for part in parts]}
    )


def learn_bands(forecast: np.ndarray, actual: np.ndarray) -> dict[str, np.ndarray] | None:
    """Quantiles of outcome / forecast for each tenth of customers, with the ``edges`` between the tenths; None for less
    than 200 customers. Split conformal by group (Vovk 2012, Mondrian prediction)."""
    is_above = forecast > 0
    forecast, actual = forecast[is_above], actual[is_above]
    if len(forecast) < CUSTOMERS_FOR_BANDS:
        return None
    order = np.argsort(forecast, kind="stable")
    parts = np.array_split(order, BINS)
    ratios = [actual[part] / forecast[part] for part in parts]
    quantiles = {
        name: np.array([np.quantile(one, rate, method="higher" if rate > 0.5 else "lower") for one in ratios])
        for name, rate in BANDS.items()
    }
    return quantiles | {"edges": np.array([forecast[part[-1]] for part in parts[:-1]])}


def add_bands(forecast: np.ndarray, learnt: Mapping[str, np.ndarray] | None) -> dict[str, np.ndarray]:
    """``lower_95`` to ``upper_95`` of each forecast, around it; NaN where nothing could be learnt or nothing is
    forecast."""
    if learnt is None:
        return {name: np.full(len(forecast), np.nan) for name in BANDS}
    tenth = np.searchsorted(learnt["edges"], forecast, side="left")
    edges = {name: forecast * learnt[name][tenth] for name in BANDS}
    edges = {
        name: np.minimum(edge, forecast) if name.startswith("lower") else np.maximum(edge, forecast)
        for name, edge in edges.items()
    }
    return {name: np.where(forecast > 0, edge, np.nan) for name, edge in edges.items()}
