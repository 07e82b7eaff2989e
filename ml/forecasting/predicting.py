"""The daily half of forecasting: what a kept training says from today's history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from ml.forecasting.backtest import DECIMALS, long_rows
from ml.forecasting.combination import LEARNERS, combine
from ml.forecasting.entrants import make_entrants
from ml.forecasting.evaluation import SAFE_CHOICE
from ml.forecasting.intervals import BANDS, banded, lead_count
from ml.forecasting.judgement import PERIODS_DAYS, part_rows
from ml.forecasting.parts import PartForecast
from ml.forecasting.store import Store
from ml.forecasting.training import Training, forecast_parts
from ml.forecasting.weeks import WEEK_DAYS, in_weeks

NAIVE_OF_PRODUCTS = "weekday_mean"  # a row per product, day and model is much: one baseline is enough to be judged by


@dataclass(frozen=True)
class Live:
    """What is said today.

    Attributes
    ----------
    rows : DataFrame
        A row per level, series, model, period: ``series_level``, ``series_key``, ``model_name``, ``cutoff_date``,
        ``forecast_date``, ``period_days``, ``horizon_days``, ``forecast``, bands and ``is_champion``.
    words : DataFrame
        A row per level and series: ``series_level``, ``series_key``, ``parent_key``, ``status``, ``method``.
    effects : DataFrame
        A row per day ahead: ``forecast_date``, and what the calendar does to the store's total as factors:
        ``holiday_factor``, ``promotion_factor``, ``season_factor`` and ``is_shut``.
    """

    rows: pd.DataFrame
    words: pd.DataFrame
    effects: pd.DataFrame


def predict(store: Store, training: Training, cutoff: pd.Timestamp) -> Live:
    """Forecast all levels of a store from a cutoff by what was kept of a training on that day or before.

    Learners stay as they were fitted, the models of one series are fitted anew; weights, champions and bands are those
    of the training.
    """
    history = store.history[:cutoff]
    with threadpool_limits(1):
        total, effects = _predict_total(store, training, history)
        days = banded_models(total, training, history, 1)
        weeks = banded_models(in_weeks(total.assign(actual=np.nan, naive_error=0.0)), training, history, WEEK_DAYS)
        published = days[days["is_champion"]].set_index("forecast_date")["forecast"]
        parts, _ = forecast_parts(store, cutoff, published, training.champions, training.estimators)
    whole = pd.concat([days.assign(period_days=1), weeks.assign(period_days=WEEK_DAYS)], ignore_index=True)
    rows = [whole.assign(series_level="total", series_key="total")]
    words = [pd.DataFrame([("total", "total", None, "regular", training.champions["total"])], columns=WORD_COLUMNS)]
    for name, part in parts.items():
        rows += _rows_of(part, training, cutoff)
        words.append(part.words.assign(series_level=name))
    columns = [name for name in rows[0].columns if name not in ("actual", "naive_error")]
    return Live(pd.concat(rows, ignore_index=True)[columns], pd.concat(words)[WORD_COLUMNS], effects)


WORD_COLUMNS = ["series_level", "series_key", "parent_key", "status", "method"]


def _predict_total(store: Store, training: Training, history: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    horizon_days = training.horizon_days
    entrants = make_entrants(store.calendar(history.index[-1]), horizon_days)
    wide = {}
    for name, entrant in entrants.items():
        if name in LEARNERS and name in training.estimators:
            entrant.resume(history, training.estimators[name], training.longest_lead)
        else:
            entrant.fit(history)
        wide[name] = entrant.predict(horizon_days)["forecast"]
    forecasts = pd.DataFrame(wide).round(DECIMALS)
    forecasts[SAFE_CHOICE] = combine(forecasts, training.errors, len(history)).round(DECIMALS)
    rows = long_rows(forecasts, history.index[-1])
    rows["is_champion"] = rows["model_name"] == training.champions["total"]
    known = entrants["seasonal_profile"].effects_
    days = forecasts.index
    effects = pd.DataFrame(
        {
            "forecast_date": days,
            "holiday_factor": known.holiday(days),
            "promotion_factor": known.promotion(days),
            "season_factor": known.seasonal(days),
            "is_shut": known.is_shut(days),
        }
    )
    return rows, effects


def banded_models(rows: pd.DataFrame, training: Training, history: pd.Series, period_days: int) -> pd.DataFrame:
    """The rows of every model with the bands that the training has found for it."""
    empty = np.full((lead_count(training.horizon_days, period_days), 2), np.nan)
    parts = [
        banded(own.sort_values("horizon_days"), training.widths.get((model, period_days), empty), history, period_days)
        for model, own in rows.groupby("model_name", sort=False)
    ]
    return pd.concat(parts, ignore_index=True) if parts else rows.assign(**dict.fromkeys(BANDS, np.nan))


def _rows_of(part: PartForecast, training: Training, cutoff: pd.Timestamp) -> list[pd.DataFrame]:
    champion = training.champions.get(part.level, SAFE_CHOICE)
    bands = training.part_bands.get(part.level)
    models = (champion, NAIVE_OF_PRODUCTS) if part.level == "product" else tuple(part.forecasts)
    return [
        part_rows(part, model, cutoff, period_days, bands if model == champion else None).assign(
            is_champion=model == champion
        )
        for period_days in PERIODS_DAYS
        for model in models
    ]
