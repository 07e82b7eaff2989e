"""How good the forecasts of a store's parts were, who of their models is published, and how wide their bands are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.forecasting.backtest import DECIMALS
from ml.forecasting.evaluation import LEAD_BUCKETS, score
from ml.forecasting.intervals import BANDS, COVERAGES_PCT
from ml.forecasting.parts import PartForecast, choose_share
from ml.forecasting.shares import PANEL_BASELINES
from ml.forecasting.weeks import WEEK_DAYS, week_sums

STORED_LEVELS = ("category", "country")  # of products only what is said today is stored day by day
PERIODS_DAYS = (1, WEEK_DAYS)
BUCKET_NAMES = ("001-007", "008-028", "029-090", "091 and more")  # as in fct_forecast_accuracy
SMALLEST_RATIO, LARGEST_RATIO = 0.3, 3.0


@dataclass(frozen=True)
class PartBands:
    """Half the width of a level's bands, in units of ``band_unit``.

    ``factors`` are arrays of shape (n_lead_buckets, 2), for 80 and 95 %, by days of the period; NaN where nothing is
    known.
    """

    factors: dict[int, np.ndarray]

    def reach(self, part: PartForecast, forecast: np.ndarray, lead_days: np.ndarray, period_days: int) -> np.ndarray:
        """Half the width of the bands in currency; shape (n_leads, n_series, 2)."""
        factor = self.factors[period_days][lead_bucket(lead_days)]
        return band_unit(forecast, part.naive_error, period_days)[:, :, None] * factor[:, None, :]


def band_unit(forecast: np.ndarray, naive_error: np.ndarray, period_days: int) -> np.ndarray:
    """In what errors of parts are measured: the usual change from week to week, more on strong days; 0 when closed.

    It grows with the root of what is forecast, as counts do; shape (n_leads, n_series).
    """
    mean = forecast.mean(axis=0)
    ratio = np.sqrt(forecast / np.where(mean > 0.0, mean, 1.0))
    unit = naive_error * np.clip(ratio, SMALLEST_RATIO, LARGEST_RATIO) * np.sqrt(period_days)
    return np.where(forecast > 0.0, unit, 0.0)


def lead_bucket(lead_days: np.ndarray) -> np.ndarray:
    """The number of the bucket of lead times, see ``LEAD_BUCKETS``."""
    return np.searchsorted([last for _, last in LEAD_BUCKETS], lead_days)


def learn_bands(said: Mapping[pd.Timestamp, tuple[PartForecast, str]], cutoff: pd.Timestamp) -> PartBands:
    """The bands that hold what was published before, over all series of a level, by what was known at a cutoff.

    Split conformal prediction per bucket of lead times, the share outside shrunk by n / (n + 2) for n cutoffs.
    """
    factors = {}
    for period_days in PERIODS_DAYS:
        ratios: list[list[np.ndarray]] = [[] for _ in LEAD_BUCKETS]
        for day, (part, champion) in said.items():
            if day >= cutoff:
                continue
            days = days_of(part, day)
            forecast, actual, ends = in_periods(part, champion, days, period_days)
            lead_days = (ends - day).days.to_numpy()
            unit = band_unit(forecast, part.naive_error, period_days)
            is_known = (ends <= cutoff)[:, None] & np.isfinite(actual) & (unit > 0.0)
            ratio = np.abs(actual - forecast) / np.where(unit > 0.0, unit, 1.0)
            for bucket in range(len(LEAD_BUCKETS)):
                chosen = is_known & (lead_bucket(lead_days) == bucket)[:, None]
                if chosen.any():
                    ratios[bucket].append(ratio[chosen])
        widths = np.full((len(LEAD_BUCKETS), len(COVERAGES_PCT)), np.nan)
        for bucket, known in enumerate(ratios):
            if known:
                outside = (1.0 - np.array(COVERAGES_PCT) / 100.0) * len(known) / (len(known) + 2)
                widths[bucket] = np.quantile(np.concatenate(known), 1.0 - outside)
        factors[period_days] = widths
    return PartBands(factors)


def days_of(part: PartForecast, cutoff: pd.Timestamp) -> pd.DatetimeIndex:
    """The days that a part's forecast is about."""
    return pd.date_range(cutoff + pd.Timedelta(days=1), periods=len(part.actual), name="forecast_date")


def in_periods(
    part: PartForecast, model: str, days: pd.DatetimeIndex, period_days: int
) -> tuple[np.ndarray, np.ndarray, pd.DatetimeIndex]:
    """A model's forecast and what happened, by days or whole weeks, and the last day of each."""
    if period_days == 1:
        return part.forecasts[model], part.actual, days
    forecast, ends = week_sums(part.forecasts[model], days)
    return forecast, week_sums(part.actual, days)[0], ends


def part_rows(
    part: PartForecast, model: str, cutoff: pd.Timestamp, period_days: int, bands: PartBands | None
) -> pd.DataFrame:
    """What one model said of a level, as predictions with ``series_level``, ``series_key`` and ``naive_error``."""
    forecast, actual, ends = in_periods(part, model, days_of(part, cutoff), period_days)
    lead_days = (ends - cutoff).days.to_numpy()
    count, series_count = forecast.shape
    rows = {
        "series_level": part.level,
        "series_key": np.tile(part.keys.to_numpy(), count),
        "model_name": model,
        "cutoff_date": cutoff,
        "forecast_date": np.repeat(ends.to_numpy(), series_count),
        "period_days": period_days,
        "horizon_days": np.repeat(lead_days, series_count),
        "forecast": forecast.round(DECIMALS).ravel(),
        "actual": actual.ravel(),
        "naive_error": np.tile(part.naive_error * np.sqrt(period_days), count),
    }
    if bands is None:
        return pd.DataFrame(rows | dict.fromkeys(BANDS, np.nan))
    half = bands.reach(part, forecast, lead_days, period_days)
    for number, coverage in enumerate(COVERAGES_PCT):
        lower = np.maximum(forecast - half[:, :, number], part.lowest * period_days)
        rows[f"lower_{coverage}"] = lower.round(DECIMALS).ravel()
        rows[f"upper_{coverage}"] = (forecast + half[:, :, number]).round(DECIMALS).ravel()
    return pd.DataFrame(rows)


def judge_parts(
    tried: Mapping[pd.Timestamp, Mapping[str, PartForecast]], now: pd.Timestamp
) -> tuple[dict[str, str], dict[str, PartBands], pd.DataFrame, pd.DataFrame]:
    """Champions and bands of every level for today, rows to store, and scores; see ``training.Backtest``."""
    champions, bands, rows, scores = {}, {}, [], []
    for name in dict.fromkeys(level for parts in tried.values() for level in parts):
        own = {day: parts[name] for day, parts in tried.items() if name in parts}
        published = {day: (part, choose_share(own, day)) for day, part in own.items()}
        champions[name] = choose_share(own, now)
        bands[name] = learn_bands(published, now)
        band_at = {day: learn_bands(published, day) for day in own}
        for period_days in PERIODS_DAYS:
            for model in next(iter(own.values())).forecasts:
                said = [part_rows(part, model, day, period_days, None) for day, part in own.items()]
                judged = pd.concat(said).dropna(subset="actual")
                scores.append(_scores_by_lead(name, model, period_days, judged))
                if name in STORED_LEVELS and model in PANEL_BASELINES:
                    rows.append(judged.assign(is_champion=False))
            said = [part_rows(part, model, day, period_days, band_at[day]) for day, (part, model) in published.items()]
            judged = pd.concat(said).dropna(subset="actual")
            scores.append(_scores_by_lead(name, "published", period_days, judged))
            if name in STORED_LEVELS:
                rows.append(judged.assign(is_champion=True))
    return (
        champions,
        bands,
        pd.concat(rows) if rows else pd.DataFrame(),
        pd.concat(scores) if scores else pd.DataFrame(),
    )


def level_scores(level: str, predictions: pd.DataFrame, period_days: int) -> pd.DataFrame:
    """Scores of every model of a level and of what was published, per bucket of lead times and for all."""
    if predictions.empty:
        return pd.DataFrame()
    judged = predictions.dropna(subset="actual")
    models = {str(name): rows for name, rows in judged.groupby("model_name", sort=False)}
    models["published"] = judged[judged["is_champion"]]
    return pd.concat([_scores_by_lead(level, name, period_days, rows) for name, rows in models.items()])


def _scores_by_lead(level: str, model: str, period_days: int, judged: pd.DataFrame) -> pd.DataFrame:
    lead = judged["horizon_days"]
    slices = {
        name: judged[lead.between(first, last)] for name, (first, last) in zip(BUCKET_NAMES, LEAD_BUCKETS, strict=True)
    }
    lines = [
        {
            "series_level": level,
            "model_name": model,
            "period_days": period_days,
            "lead_days_bucket": name,
            "cutoff_count": rows["cutoff_date"].nunique(),
            **score(rows),
        }
        for name, rows in (slices | {"all": judged}).items()
        if len(rows)
    ]
    return pd.DataFrame(lines)
