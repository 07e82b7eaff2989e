"""Forecasts of a store's parts from one cutoff, by every model, and which is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.forecasting.backtest import DECIMALS
from ml.forecasting.evaluation import JUDGED_DAYS
from ml.forecasting.features import days_after
from ml.forecasting.panels import OTHERS, Level, spread
from ml.forecasting.shares import (
    WEEK_DAYS,
    ShareModel,
    baseline_forecasts,
    learn_lift,
    promotions_of,
    recent_share,
    weekday_pattern,
)
from ml.forecasting.store import Store

LEVELS = ("category", "country", "product")  # parents before their children
SAFE_SHARE = "combination"
FALLBACK = "weekday_mean_scaled"
BAND_DAYS = 91
CUTOFFS_TO_DOUBT = 3


@dataclass(frozen=True)
class PartForecast:
    """Forecasts of the series of one level at one cutoff.

    Attributes
    ----------
    level : str
    keys : Index
        The series.
    parents : ndarray
        Per series, the key of its parent.
    words : DataFrame
        A word on each series, see ``Level.until``.
    forecasts : dict of str to ndarray of shape (horizon_days, n_series)
        Per model, in the store's currency.
    naive_error : ndarray of shape (n_series,)
        Mean absolute change from week to week over 91 days: the unit of MASE and of bands.
    lowest : ndarray of shape (n_series,)
        The worst day so far, zero or below.
    actual : ndarray of shape (horizon_days, n_series)
        What happened; NaN on days that have not come.
    """

    level: str
    keys: pd.Index
    parents: np.ndarray
    words: pd.DataFrame
    forecasts: dict[str, np.ndarray]
    naive_error: np.ndarray
    lowest: np.ndarray
    actual: np.ndarray


def forecast_part(
    store: Store,
    name: str,
    cutoff: pd.Timestamp,
    parents: pd.DataFrame,
    share_model: ShareModel | None = None,
) -> tuple[PartForecast, ShareModel]:
    """Forecast the series of one level from a cutoff, so that they add up to their parents.

    Parameters
    ----------
    store : Store
    name : str
        category, country or product.
    cutoff : Timestamp
    parents : DataFrame
        What is published of the parents on the days ahead, a column each: "total", or categories.
    share_model : ShareModel, default a fresh one, fitted here

    Returns
    -------
    PartForecast and the fitted ShareModel. Naive baselines do not add up: they say what they say.
    """
    level, words = store.levels[name].until(cutoff)
    horizon_days = len(parents)
    known, ahead = level.panel.index, days_after(level.panel, horizon_days)
    panel = level.panel.to_numpy()
    keys = level.panel.columns
    plain, boost = panel, 1.0
    if len(store.events):
        promoted, discounted = promotions_of(store.events, name, keys, store.categories, known.append(ahead))
        lift = learn_lift(panel, promoted[: len(known)], discounted[: len(known)])
        factor = lift.factor(promoted, discounted)
        plain, boost = panel / factor[: len(known)], factor[len(known) :]

    if share_model is None:
        share_model = ShareModel().fit(plain, horizon_days)
    week = np.arange(horizon_days) // WEEK_DAYS
    pattern = weekday_pattern(plain)[np.arange(horizon_days) % WEEK_DAYS] * boost
    recent = np.repeat(recent_share(plain)[None, :], week[-1] + 1, axis=0)
    boosted = share_model.predict(plain, horizon_days)
    baselines = baseline_forecasts(panel, horizon_days)
    total = store_total(parents)[:, None]
    proportions = {
        "recent_share": recent[week] * pattern * total,
        "boosted_share": boosted[week] * pattern * total,
        "combination": 0.5 * (recent + boosted)[week] * pattern * total,
        FALLBACK: baselines["weekday_mean"],
    }
    parent_of = np.array([_parent(parent, parents.columns, name) for parent in level.parents])
    forecasts = {model: amounts.round(DECIMALS) for model, amounts in baselines.items()}
    for model, amounts in proportions.items():
        said = np.zeros_like(amounts)
        for parent in dict.fromkeys(parent_of):
            own = np.flatnonzero(parent_of == parent)
            said[:, own] = spread(parents[parent].to_numpy(), amounts[:, own], DECIMALS)
        forecasts[model] = said

    recent_days = panel[-BAND_DAYS - WEEK_DAYS :]
    naive_error = np.abs(recent_days[WEEK_DAYS:] - recent_days[:-WEEK_DAYS]).mean(axis=0)
    return (
        PartForecast(
            level=name,
            keys=keys,
            parents=parent_of,
            words=words,
            forecasts=forecasts,
            naive_error=naive_error,
            lowest=np.minimum(panel.min(axis=0), 0.0),
            actual=_actual(store.levels[name], level, ahead),
        ),
        share_model,
    )


def choose_share(said: Mapping[pd.Timestamp, PartForecast], cutoff: pd.Timestamp) -> str:
    """The model of a level to publish, by what was known at a cutoff of forecasts made before it.

    The combination; where the naive weekday mean was better over three cutoffs or more, that one, scaled to add up. By
    the logarithm of the RMSE over all series, so that one wild cutoff does not decide.
    """
    gains = []
    for day, part in said.items():
        known = part.actual[: max((cutoff - day).days, 0)]
        if len(known) < JUDGED_DAYS or not np.isfinite(known).any():
            continue
        error = {
            name: np.sqrt(np.nanmean((part.forecasts[name][: len(known)] - known) ** 2))
            for name in (SAFE_SHARE, "weekday_mean")
        }
        gains.append(np.log(max(error["weekday_mean"], 1e-9)) - np.log(max(error[SAFE_SHARE], 1e-9)))
    return FALLBACK if len(gains) >= CUTOFFS_TO_DOUBT and np.mean(gains) < 0.0 else SAFE_SHARE


def store_total(parents: pd.DataFrame) -> np.ndarray:
    """The store's forecast: the sum of the parents'."""
    return parents.sum(axis=1).to_numpy()


def _parent(parent: str, published: pd.Index, name: str) -> str:
    """A product's category may itself be new, and part of the other categories."""
    return parent if parent in published or name != "product" else OTHERS["category"]


def _actual(whole: Level, known: Level, days: pd.DatetimeIndex) -> np.ndarray:
    """What happened on the days ahead, for the series known at the cutoff; NaN where that has not come."""
    panel = whole.panel.reindex(days)
    actual = panel.reindex(columns=known.panel.columns).to_numpy()
    for place, key in enumerate(known.panel.columns):
        if key not in panel.columns:  # what is left of a parent: all its other series, the later ones too
            parent = known.parents[key]
            named = known.panel.columns[(known.parents == parent).to_numpy()]
            own = whole.panel.columns[(whole.parents == parent).to_numpy()].difference(named)
            actual[:, place] = panel[own].sum(axis=1, skipna=False)
    return actual
