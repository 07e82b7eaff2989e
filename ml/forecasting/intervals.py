"""How wide a forecast's band must be, learnt from the errors that were known when it was made."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.forecasting.backtest import DECIMALS

COVERAGES_PCT = (80, 95)
BANDS = ("lower_80", "upper_80", "lower_95", "upper_95")
NEIGHBOUR_DAYS = 14  # lead times this near are judged together
CUTOFFS_FOR_A_BAND = 3
# for 80 and 95 %: tails are seen rarely, and the weeks of a cutoff miss together, its days each in their own way too
DAY_DOUBTS, WEEK_DOUBTS = (2, 4), (8, 8)


def error_unit(forecast: np.ndarray) -> np.ndarray:
    """In what one forecast's errors are measured: half its own amount, half its mean on open days; 0 when closed.

    Errors grow with what is sold, though not quite in proportion.
    """
    is_open = forecast > 0.0
    typical = forecast[is_open].mean() if is_open.any() else 0.0
    return np.where(is_open, 0.5 * (forecast + typical), 0.0)


def half_widths(
    errors: np.ndarray, neighbours: int = NEIGHBOUR_DAYS, doubts: tuple[int, int] = DAY_DOUBTS
) -> np.ndarray:
    """Half the width of the bands, in units of ``error_unit``.

    Split conformal prediction per lead time, where the errors of lead times up to 14 days away count beside its own.
    The errors of one cutoff go together, so n cutoffs are n observations, not 29 n, and plain quantiles cover too
    little: the share left outside is shrunk by n / (n + doubt).

    Parameters
    ----------
    errors : ndarray of shape (n_cutoffs, n_leads)
        Absolute errors in units of ``error_unit``; NaN where they are not known.
    neighbours : int
        How many lead times to either side count.
    doubts : (int, int)
        How many cutoffs the doubt weighs, for 80 and 95 %.

    Returns
    -------
    ndarray of shape (n_leads, 2)
        For 80 and for 95 %; NaN where fewer than three cutoffs are known.

    References
    ----------
    Papadopoulos et al. (2002), Inductive confidence machines for regression, ECML.
    """
    widths = np.full((errors.shape[1], len(COVERAGES_PCT)), np.nan)
    for place in range(errors.shape[1]):
        near = errors[:, max(0, place - neighbours) : place + neighbours + 1]
        is_known = ~np.isnan(near)
        cutoff_count = int(is_known.any(axis=1).sum())
        if cutoff_count >= CUTOFFS_FOR_A_BAND:
            outside = (1.0 - np.array(COVERAGES_PCT) / 100.0) * cutoff_count / (cutoff_count + np.array(doubts))
            widths[place] = np.quantile(near[is_known], 1.0 - outside)
    return widths


def add_bands(predictions: pd.DataFrame, history: pd.Series, period_days: int = 1) -> pd.DataFrame:
    """The predictions with ``lower_80, upper_80, lower_95, upper_95``, from errors known at each row's cutoff.

    Wants every cutoff with the whole horizon, in periods of one day or of a week. Bands lie around the forecast, and
    no lower bound is below the worst day of the history up to the cutoff (zero where no day was negative), times the
    days of the period. NaN where too few errors are known.
    """
    if predictions.empty:
        return predictions.assign(**dict.fromkeys(BANDS, np.nan))
    models = [_with_bands(rows, history, period_days) for _, rows in predictions.groupby("model_name")]
    return pd.concat(models).loc[predictions.index]


def widths_from(rows: pd.DataFrame, cutoff: pd.Timestamp, horizon_days: int, period_days: int = 1) -> np.ndarray:
    """``half_widths`` of one model at a cutoff, from its predictions at earlier ones; shape (n_leads, 2)."""
    return _widths_at(cutoff, *_past_errors(rows, horizon_days, period_days), period_days)


def _past_errors(rows: pd.DataFrame, horizon_days: int, period_days: int) -> tuple[np.ndarray, np.ndarray]:
    """Absolute errors of one model in units of ``error_unit``, and the days on which they became known; both of shape
    (n_cutoffs, n_leads), NaN and NaT where there was no forecast."""
    shape = rows["cutoff_date"].nunique(), lead_count(horizon_days, period_days)
    errors, known_on = np.full(shape, np.nan), np.full(shape, np.datetime64("NaT"), dtype="datetime64[ns]")
    for number, (_, own) in enumerate(rows.sort_values("horizon_days").groupby("cutoff_date")):
        forecast, places = own["forecast"].to_numpy(), lead_places(own["horizon_days"].to_numpy(), period_days)
        unit = error_unit(forecast)
        errors[number, places] = np.abs(own["actual"].to_numpy() - forecast) / np.where(unit > 0.0, unit, np.nan)
        known_on[number, places] = own["forecast_date"].to_numpy()
    return errors, known_on


def _widths_at(cutoff: pd.Timestamp, errors: np.ndarray, known_on: np.ndarray, period_days: int) -> np.ndarray:
    doubts = DAY_DOUBTS if period_days == 1 else WEEK_DOUBTS
    known = np.where(known_on <= cutoff.to_datetime64(), errors, np.nan)
    return half_widths(known, -(-NEIGHBOUR_DAYS // period_days), doubts)


def lead_count(horizon_days: int, period_days: int) -> int:
    """How many lead times a horizon has."""
    return -(-horizon_days // period_days)


def lead_places(horizon_days: np.ndarray, period_days: int) -> np.ndarray:
    """Where each lead time in days stands among them, from 0."""
    return (horizon_days - 1) // period_days


def reach(forecast: np.ndarray, horizon_days: np.ndarray, widths: np.ndarray, period_days: int = 1) -> np.ndarray:
    """Half the width of the bands of one cutoff's forecasts in currency; shape (n, 2)."""
    return widths[lead_places(horizon_days, period_days)] * error_unit(forecast)[:, None]


def _with_bands(rows: pd.DataFrame, history: pd.Series, period_days: int) -> pd.DataFrame:
    """``add_bands`` for one model."""
    rows = rows.sort_values(["cutoff_date", "horizon_days"])
    past = _past_errors(rows, int(rows["horizon_days"].max()), period_days)
    parts = []
    for cutoff, own in rows.groupby("cutoff_date"):
        widths = _widths_at(cutoff, *past, period_days)
        parts.append(banded(own, widths, history[:cutoff], period_days))
    return pd.concat(parts)


def banded(rows: pd.DataFrame, widths: np.ndarray, history: pd.Series, period_days: int = 1) -> pd.DataFrame:
    """One cutoff's rows of one model, in the order of lead times, with their bands."""
    forecast = rows["forecast"].to_numpy()
    half = reach(forecast, rows["horizon_days"].to_numpy(), widths, period_days)
    lowest = min(0.0, history.min()) * period_days
    bands = {}
    for number, coverage in enumerate(COVERAGES_PCT):
        bands[f"lower_{coverage}"] = np.maximum(forecast - half[:, number], lowest).round(DECIMALS)
        bands[f"upper_{coverage}"] = (forecast + half[:, number]).round(DECIMALS)
    return rows.assign(**bands)
