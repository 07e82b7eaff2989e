"""The weekly half of forecasting: every model is tried from past days, judged, chosen from, and fitted to be kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from threadpoolctl import threadpool_limits

from ml.forecasting.backtest import backtest_cutoffs, predict_from
from ml.forecasting.combination import LEARNERS, add_combination
from ml.forecasting.entrants import make_entrants
from ml.forecasting.evaluation import JUDGED_DAYS, choose_champion, log_errors, mark_champions, naive_error
from ml.forecasting.importance import feature_importance
from ml.forecasting.intervals import add_bands, widths_from
from ml.forecasting.judgement import PartBands, judge_parts, level_scores
from ml.forecasting.parts import LEVELS, SAFE_SHARE, PartForecast, choose_share, forecast_part
from ml.forecasting.shares import ShareModel
from ml.forecasting.store import Store
from ml.forecasting.weeks import WEEK_DAYS, in_weeks

PART_CUTOFF_LIMIT = 4


@dataclass(frozen=True)
class Training:
    """What is kept of a training, to predict from on the days after it.

    Attributes
    ----------
    cutoff : Timestamp
        The last day that was known.
    horizon_days : int
    errors : DataFrame
        Logarithms of RMSE at past cutoffs, a column per model: what the combination's weights rest on.
    champions : dict of str to str
        Who is published, per level.
    widths : dict of (str, int) to ndarray
        Half the width of the bands of the total, per model and days of the period; see ``intervals.half_widths``.
    part_bands : dict of str to PartBands
        The same of the parts, per level.
    longest_lead : int
        The longest lead that the learners have seen, in days.
    estimators : dict of str to estimator
        The fitted ones of scikit-learn: learners by their name, and the boosting of shares per level.
    """

    cutoff: pd.Timestamp
    horizon_days: int
    errors: pd.DataFrame
    champions: dict[str, str]
    widths: dict[tuple[str, int], np.ndarray]
    part_bands: dict[str, PartBands]
    longest_lead: int
    estimators: dict[str, BaseEstimator] = field(repr=False)


@dataclass(frozen=True)
class Backtest:
    """What every model would have said before, and how good it was.

    ``total`` and ``weeks`` are predictions of the store's days and weeks with bands and champions, ``parts`` those of
    categories and countries, with ``series_level`` and ``series_key``; ``scores`` has a row per level, model, days of
    the period and bucket of lead times, products included; ``importance`` is what the total's learners go by, see
    ``feature_importance``.
    """

    total: pd.DataFrame
    weeks: pd.DataFrame
    parts: pd.DataFrame
    scores: pd.DataFrame
    importance: pd.DataFrame


def step_count(store: Store, cutoff: pd.Timestamp) -> int:
    """How many times ``train`` reports progress."""
    return len(backtest_cutoffs(store.history[:cutoff].index)) + PART_CUTOFF_LIMIT + 1


def train(
    store: Store, cutoff: pd.Timestamp, horizon_days: int, on_progress: Callable[[], object] = lambda: None
) -> tuple[Training, Backtest]:
    """Try, judge, choose and fit, all from what was known at a cutoff."""
    history = store.history[:cutoff]
    cutoffs = backtest_cutoffs(history.index)
    total = _try_total(store, history, cutoffs, horizon_days, on_progress)
    known = total[total["actual"].notna()] if len(total) else total
    weeks = add_bands(in_weeks(total), history, WEEK_DAYS) if len(total) else total

    with threadpool_limits(1):
        tried = _try_parts(store, total, cutoffs, cutoff, on_progress)
        part_champions, part_bands, parts, part_scores = judge_parts(tried, cutoff)
        learners, longest_lead = _fit_learners(store, history, horizon_days)
        shares = _fit_shares(store, cutoff, horizon_days)
        importance = feature_importance(store, cutoff, horizon_days)
    on_progress()

    champion = choose_champion(known, horizon_days, _last_champion(total))
    models = total["model_name"].unique() if len(total) else []
    widths = {}
    for period_days, rows in ((1, total), (WEEK_DAYS, weeks)):
        for model in models:
            own = rows[rows["model_name"] == model]
            widths[model, period_days] = widths_from(own, cutoff, horizon_days, period_days)
    training = Training(
        cutoff=cutoff,
        horizon_days=horizon_days,
        errors=log_errors(known, horizon_days) if len(known) else pd.DataFrame(),
        champions={"total": champion} | part_champions,
        widths=widths,
        part_bands=part_bands,
        longest_lead=longest_lead,
        estimators={**learners, **shares},
    )
    scores = pd.concat([level_scores("total", total, 1), level_scores("total", weeks, WEEK_DAYS), part_scores])
    has_come = known, weeks[weeks["actual"].notna()] if len(weeks) else weeks
    return training, Backtest(*has_come, parts, scores, importance)


def _try_total(
    store: Store,
    history: pd.Series,
    cutoffs: pd.DatetimeIndex,
    horizon_days: int,
    on_progress: Callable[[], object],
) -> pd.DataFrame:
    if len(cutoffs) == 0:
        return pd.DataFrame()

    def entrants_at(day: pd.Timestamp) -> Mapping:
        return make_entrants(store.calendar(day), horizon_days)

    predictions = predict_from(history, cutoffs, entrants_at, horizon_days, on_progress)
    predictions = add_combination(predictions, history, horizon_days)
    predictions = add_bands(mark_champions(predictions, horizon_days), history)
    units = {day: naive_error(history[:day]) for day in cutoffs}
    return predictions.assign(naive_error=predictions["cutoff_date"].map(units))


def _last_champion(total: pd.DataFrame) -> str:
    if total.empty:
        return SAFE_SHARE
    last = total[total["is_champion"] & (total["cutoff_date"] == total["cutoff_date"].max())]
    return str(last["model_name"].iloc[0])


def _try_parts(
    store: Store,
    total: pd.DataFrame,
    cutoffs: pd.DatetimeIndex,
    now: pd.Timestamp,
    on_progress: Callable[[], object],
) -> dict[pd.Timestamp, dict[str, PartForecast]]:
    """The parts' forecasts from every second of the latest cutoffs, below what was published of the total then."""
    tried: dict[pd.Timestamp, dict[str, PartForecast]] = {}
    chosen = [day for day in cutoffs[::-1] if (now - day).days >= JUDGED_DAYS][::2][:PART_CUTOFF_LIMIT]
    for cutoff in sorted(chosen) if store.levels else []:
        published = total[(total["cutoff_date"] == cutoff) & total["is_champion"]].set_index("forecast_date")[
            "forecast"
        ]
        tried[cutoff] = forecast_parts(store, cutoff, published, choose_shares(tried, cutoff), {})[0]
        on_progress()
    return tried


def choose_shares(tried: Mapping[pd.Timestamp, Mapping[str, PartForecast]], cutoff: pd.Timestamp) -> dict[str, str]:
    """Who is published per level, by what was known at a cutoff of earlier forecasts."""
    names = {name for parts in tried.values() for name in parts}
    return {
        name: choose_share({day: parts[name] for day, parts in tried.items() if name in parts}, cutoff)
        for name in names
    }


def forecast_parts(
    store: Store,
    cutoff: pd.Timestamp,
    published: pd.Series,
    champions: Mapping[str, str],
    estimators: Mapping[str, BaseEstimator],
) -> tuple[dict[str, PartForecast], dict[str, BaseEstimator]]:
    """The forecasts of all levels from a cutoff, and their fitted boosting; each level uses the one above it."""
    parents = {"total": pd.DataFrame({"total": published})}
    parts, fitted = {}, {}
    for name in LEVELS:
        above = "category" if name == "product" else "total"
        if name not in store.levels or above not in parents:
            continue
        kept = ShareModel(estimators[f"{name}_shares"]) if f"{name}_shares" in estimators else None
        part, model = forecast_part(store, name, cutoff, parents[above], kept)
        champion = champions.get(name, SAFE_SHARE)
        parts[name] = part
        parents[name] = pd.DataFrame(part.forecasts[champion], index=published.index, columns=part.keys)
        if model.regressor_ is not None:
            fitted[f"{name}_shares"] = model.regressor_
    return parts, fitted


def _fit_learners(store: Store, history: pd.Series, horizon_days: int) -> tuple[dict[str, BaseEstimator], int]:
    entrants = make_entrants(store.calendar(history.index[-1]), horizon_days)
    fitted = {name: entrants[name].fit(history) for name in LEARNERS}
    longest = max(learner.longest_lead_ for learner in fitted.values())
    return {name: learner.regressor_ for name, learner in fitted.items() if learner.regressor_ is not None}, longest


def _fit_shares(store: Store, cutoff: pd.Timestamp, horizon_days: int) -> dict[str, BaseEstimator]:
    """The boosting of each level's shares; what the total will be does not matter to it."""
    level_day = pd.date_range(cutoff + pd.Timedelta(days=1), periods=horizon_days, name="forecast_date")
    return forecast_parts(store, cutoff, pd.Series(1.0, index=level_day), {}, {})[1] if store.levels else {}
