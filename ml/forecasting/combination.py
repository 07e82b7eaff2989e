"""The combination of the models that earned a place in it, weighted by how well each did before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.forecasting.backtest import DECIMALS, known_on
from ml.forecasting.evaluation import SAFE_CHOICE as COMBINATION
from ml.forecasting.evaluation import log_errors

STEADY = ("seasonal_profile", "damped_ets", "theta")
LEARNERS = ("linear_regression", "gradient_boosting", "random_forest", "histogram_boosting")
YEAR_DAYS = 365
LEAD_DOUBT = 4  # a day of lead makes learners as doubtful as four days less of history
CUTOFFS_TO_HALF_TRUST = 4
CUTOFF_LIMIT = 10
SHARPNESS = 4.0  # weights go by the inverse RMSE to this power: by the mean squared error, squared


def learner_trust(history_days: int, leads: np.ndarray) -> np.ndarray:
    """How much learners weigh (0-1), by lead in days: half after a year, less far ahead.

    They carry growth on that may have stopped, and need more than one season before they know better.
    """
    return history_days / (history_days + YEAR_DAYS + LEAD_DOUBT * leads)


def member_weights(errors: pd.DataFrame) -> pd.Series:
    """What each member weighs in its group, adding up to 1, by logarithms of RMSE at earlier cutoffs (rows).

    Equal at first: n cutoffs count by n / (n + 4).
    """
    errors = errors.iloc[-CUTOFF_LIMIT:]
    trust = len(errors) / (len(errors) + CUTOFFS_TO_HALF_TRUST)
    mean = errors.mean().fillna(0.0)
    weights = np.exp(-SHARPNESS * trust * (mean - mean.min()))
    return weights / weights.sum()


def combine(wide: pd.DataFrame, errors: pd.DataFrame, history_days: int) -> np.ndarray:
    """The combination of forecasts, a column per model and a row per day ahead, from what earlier errors say.

    ``errors`` as of ``log_errors``, without rows where nothing is known.

    References
    ----------
    Bates and Granger (1969), The combination of forecasts, Operational Research Quarterly 20.
    """
    groups = {}
    for name, members in (("steady", STEADY), ("learnt", LEARNERS)):
        columns = list(members)
        groups[name] = wide[columns].to_numpy() @ member_weights(errors.reindex(columns=columns)).to_numpy()
    trust = learner_trust(history_days, np.arange(1, len(wide) + 1))
    return trust * groups["learnt"] + (1.0 - trust) * groups["steady"]


def add_combination(predictions: pd.DataFrame, history: pd.Series, horizon_days: int) -> pd.DataFrame:
    """Predictions of the members from several cutoffs, with the combination of each cutoff.

    Weights rest on errors of earlier cutoffs, on days that had come by then. Wants every cutoff with all its days.
    """
    parts = [predictions]
    for cutoff, rows in predictions.groupby("cutoff_date"):
        known = known_on(predictions[predictions["cutoff_date"] < cutoff], cutoff)
        errors = log_errors(known, horizon_days) if len(known) else pd.DataFrame()
        wide = rows.pivot(index="forecast_date", columns="model_name", values="forecast")
        combined = rows[rows["model_name"] == STEADY[0]].sort_values("forecast_date").copy()
        history_days = (cutoff - history.index[0]).days + 1
        combined["forecast"] = combine(wide, errors, history_days).round(DECIMALS)
        combined["model_name"] = COMBINATION
        parts.append(combined)
    return pd.concat(parts, ignore_index=True)
