"""How wide a forecast's band must be, learnt from the errors that were known when it was made."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.forecasting.backtest import DECIMALS

COVERAGES_PCT = (80, 95)
BANDS = ("lower_80", "upper_80", "lower_95", "upper_95")
NEIGHBOUR_DAYS = 14  # lead times this near are judged together
CUTOFFS_FOR_A_BAND = 3


def error_unit(forecast: np.ndarray) -> np.ndarray:
    """In what one forecast's errors are measured: half its own amount, half its mean on open days; 0 when closed.

    Errors grow with what is sold, though not quite in proportion.
    """
    is_open = forecast > 0.0
    typical = forecast[is_open].mean() if is_open.any() else 0.0
    return np.where(is_open, 0.5 * (forecast + typical), 0.0)


def half_widths(errors: np.ndarray, horizon_days: int) -> np.ndarray:
    """Half the width of the bands, in units of ``error_unit``.

    Split conformal prediction per lead time, where the errors of lead times up to 14 days away count beside its own.
    The errors of one cutoff go together, so n cutoffs are n observations, not 29 n, and plain quantiles cover too
    little: the share left outside is shrunk by n / (n + 2).

    Parameters
    ----------
    errors : ndarray of shape (n_cutoffs, n_leads)
        Absolute errors in units of ``error_unit``; NaN where they are not known.
    horizon_days : int
        For how many lead times.

    Returns
    -------
    ndarray of shape (horizon_days, 2)
        For 80 and for 95 %; NaN where fewer than three cutoffs are known.

    References
    ----------
    Papadopoulos et al. (2002), Inductive confidence machines for regression, ECML.
    """
    widths = np.full((horizon_days, len(COVERAGES_PCT)), np.nan)
    for place in range(horizon_days):
        near = errors[:, max(0, place - NEIGHBOUR_DAYS) : place + NEIGHBOUR_DAYS + 1]
        is_known = ~np.isnan(near)
        cutoff_count = int(is_known.any(axis=1).sum())
        if cutoff_count >= CUTOFFS_FOR_A_BAND:
            outside = (1.0 - np.array(COVERAGES_PCT) / 100.0) * cutoff_count / (cutoff_count + 2)
            widths[place] = np.quantile(near[is_known], 1.0 - outside)
    return widths


def add_bands(predictions: pd.DataFrame, history: pd.Series) -> pd.DataFrame:
    """The predictions with ``lower_80, upper_80, lower_95, upper_95``, from errors known at each row's cutoff.

    Wants every cutoff with the whole horizon. Bands lie around the forecast, and no lower bound is below the worst
    day of the history up to the cutoff (zero where no day was negative). NaN where too few errors are known.
    """
    models = [_with_bands(rows, history) for _, rows in predictions.groupby("model_name")]
    return pd.concat(models).loc[predictions.index]


def _with_bands(rows: pd.DataFrame, history: pd.Series) -> pd.DataFrame:
    """``add_bands`` for one model."""
    rows = rows.sort_values(["cutoff_date", "horizon_days"])
    cutoffs = pd.DatetimeIndex(rows["cutoff_date"].unique())
    horizon_days = int(rows["horizon_days"].max())
    forecast = rows["forecast"].to_numpy().reshape(len(cutoffs), horizon_days)
    actual = rows["actual"].to_numpy().reshape(len(cutoffs), horizon_days)
    unit = np.apply_along_axis(error_unit, 1, forecast)
    errors = np.abs(actual - forecast) / np.where(unit > 0.0, unit, np.nan)
    leads = np.arange(1, horizon_days + 1)

    widths = []
    for place, cutoff in enumerate(cutoffs):
        age_days = (cutoff - cutoffs[:place]).days.to_numpy()
        widths.append(half_widths(np.where(leads <= age_days[:, None], errors[:place], np.nan), horizon_days))
    lowest = np.array([min(0.0, history[:cutoff].min()) for cutoff in cutoffs])[:, None]
    for number, coverage in enumerate(COVERAGES_PCT):
        reach = np.stack(widths)[:, :, number] * unit
        rows[f"lower_{coverage}"] = np.maximum(forecast - reach, lowest).round(DECIMALS).ravel()
        rows[f"upper_{coverage}"] = (forecast + reach).round(DECIMALS).ravel()
    return rows
