"""How good were the entrants, and who is published.

The choice is nested: who is published at a cutoff rests on errors of earlier cutoffs, on days that had come by
then. So the errors of the published model are honest: it was not chosen by the days on which it is scored.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.forecasting.backtest import known_on
from ml.forecasting.entrants import BASELINES
from ml.forecasting.intervals import COVERAGES_PCT

SAFE_CHOICE = "combination"
JUDGED_DAYS = 28  # fewer days of a cutoff's forecast say little about it, and cutoffs closer than that repeat it
CUTOFFS_TO_DOUBT = 4  # before a baseline may take the place of the combination
CUTOFFS_TO_TRUST = 8  # before a single model may
CLEAR_STANDARD_ERRORS = 2.0
DOUBTFUL_STANDARD_ERRORS = 1.0
SMALLEST_AMOUNT = 0.01
LEAD_BUCKETS = ((1, 7), (8, 28), (29, 90), (91, 365))


def score(rows: pd.DataFrame) -> dict[str, float]:
    """Errors of judged predictions: RMSE, MAE and bias in currency, WAPE, MASE and bias as rates, and what bands did.

    WAPE is the sum of absolute errors by the sum of actual revenue (Kolassa and Schuetz 2007); NaN where nothing was
    sold. MASE is the mean absolute error in units of ``naive_error``, the mean change from week to week before the
    cutoff (Hyndman and Koehler 2006); NaN without that column. Bias is forecast minus actual: above zero means that
    too much was promised. ``covered_80_rate`` and ``covered_95_rate`` are the shares of days within their band, among
    days that have one, ``width_80`` and ``width_95`` its mean width in currency.
    """
    error = (rows["forecast"] - rows["actual"]).to_numpy()
    sold = np.abs(rows["actual"].to_numpy()).sum()
    return {
        "rmse": float(np.sqrt(np.mean(error**2))),
        "mae": float(np.mean(np.abs(error))),
        "wape_rate": float(np.abs(error).sum() / sold) if sold else np.nan,
        "mase": _scaled(rows, error),
        "bias": float(np.mean(error)),
        "bias_rate": float(error.sum() / sold) if sold else np.nan,
        "day_count": len(error),
        **{name: value for coverage in COVERAGES_PCT for name, value in _bands(rows, coverage).items()},
    }


def _scaled(rows: pd.DataFrame, error: np.ndarray) -> float:
    if "naive_error" not in rows:
        return np.nan
    unit = rows["naive_error"].to_numpy()
    return float(np.mean(np.abs(error[unit > 0.0]) / unit[unit > 0.0])) if (unit > 0.0).any() else np.nan


def _bands(rows: pd.DataFrame, coverage_pct: int) -> dict[str, float]:
    names = f"covered_{coverage_pct}_rate", f"width_{coverage_pct}"
    if f"lower_{coverage_pct}" not in rows:
        return dict.fromkeys(names, np.nan)
    lower, upper, actual = (
        rows[name].to_numpy() for name in (f"lower_{coverage_pct}", f"upper_{coverage_pct}", "actual")
    )
    banded = ~np.isnan(lower)
    if not banded.any():
        return dict.fromkeys(names, np.nan)
    within = ((lower <= actual) & (actual <= upper))[banded]
    return dict(zip(names, (float(within.mean()), float((upper - lower)[banded].mean())), strict=True))


def score_models(predictions: pd.DataFrame) -> pd.DataFrame:
    """``score`` of every model and of ``published`` (the champion of each cutoff), on the same days; a row each."""
    judged = predictions.dropna(subset="actual")
    if judged.empty:
        return pd.DataFrame()
    scores = {name: score(rows) for name, rows in judged.groupby("model_name", sort=False)}
    scores["published"] = score(judged[judged["is_champion"]])
    return pd.DataFrame(scores).T


def score_by_lead(predictions: pd.DataFrame) -> pd.DataFrame:
    """``score_models`` per bucket of lead times: rows by (``lead_bucket``, model), buckets such as "8-28" in days."""
    lead = predictions["horizon_days"]
    buckets = {f"{first}-{last}": predictions[lead.between(first, last)] for first, last in LEAD_BUCKETS}
    scores = {name: score_models(rows) for name, rows in buckets.items()}
    scores = {name: rows for name, rows in scores.items() if len(rows)}
    return pd.concat(scores, names=["lead_bucket", "model_name"]) if scores else pd.DataFrame()


def log_errors(known: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
    """The logarithm of the RMSE, a row per cutoff (28 days apart or more) and a column per model.

    In logarithms one wild cutoff does not decide. A cutoff counts once 28 days of its forecast have come (all of
    them, where the horizon is shorter).
    """
    squares = (known["forecast"] - known["actual"]) ** 2
    means = squares.groupby([known["cutoff_date"], known["model_name"]]).mean().unstack()
    day_counts = known.groupby("cutoff_date")["forecast_date"].nunique()
    means = means[day_counts >= min(JUDGED_DAYS, horizon_days)]
    kept: list[pd.Timestamp] = []
    for cutoff in means.index[::-1]:
        if not kept or (kept[-1] - cutoff).days >= JUDGED_DAYS:
            kept.append(cutoff)
    return np.log(np.maximum(np.sqrt(means.loc[kept[::-1]]), SMALLEST_AMOUNT))


def choose_champion(known: pd.DataFrame, horizon_days: int, incumbent: str = SAFE_CHOICE) -> str:
    """The model to publish, by the errors known so far (predictions with ``actual``, of earlier cutoffs).

    The combination, unless a single model was better by two standard errors over eight cutoffs or more; the
    ``incumbent`` of the cutoff before stays while it is better at all, so that nobody comes and goes. And a baseline
    instead of either, where over four cutoffs or more it was better still, by one standard error.
    """
    if known.empty:
        return SAFE_CHOICE
    errors = log_errors(known, horizon_days)
    count = len(errors)
    champion = SAFE_CHOICE
    if count >= CUTOFFS_TO_TRUST:
        gain = errors.drop(columns=list(BASELINES)).sub(errors[SAFE_CHOICE], axis="index")
        clear = _clearly_negative(gain, CLEAR_STANDARD_ERRORS)
        if incumbent in gain and gain[incumbent].mean() < 0.0:
            champion = incumbent
        elif len(clear):
            champion = str(errors[clear].mean().idxmin())
    if count >= CUTOFFS_TO_DOUBT:
        gain = errors[list(BASELINES)].sub(errors[champion], axis="index")
        clear = _clearly_negative(gain, DOUBTFUL_STANDARD_ERRORS)
        if incumbent in BASELINES and gain[incumbent].mean() < 0.0:
            champion = incumbent
        elif len(clear):
            champion = str(errors[clear].mean().idxmin())
    return champion


def _clearly_negative(gain: pd.DataFrame, standard_errors: float) -> list[str]:
    """The columns whose mean lies that many standard errors below zero."""
    highest = gain.mean() + standard_errors * gain.std() / np.sqrt(len(gain))
    return list(highest.index[highest < 0.0])


def mark_champions(predictions: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
    """The predictions with ``is_champion``: the model that would have been published at each cutoff."""
    champions: dict[pd.Timestamp, str] = {}
    champion = SAFE_CHOICE
    for cutoff in sorted(predictions["cutoff_date"].unique()):
        champion = choose_champion(known_on(predictions, cutoff), horizon_days, champion)
        champions[cutoff] = champion
    return predictions.assign(is_champion=predictions["model_name"] == predictions["cutoff_date"].map(champions))


def naive_error(history: pd.Series) -> float:
    """The mean absolute change of a history from week to week: the unit of MASE."""
    values = history.to_numpy(float)
    return float(np.abs(values[7:] - values[:-7]).mean()) if len(values) > 7 else 0.0
