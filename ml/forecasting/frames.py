"""Frames to learn from and to be judged on, as the learners see them, with the last days held out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ml.forecasting.calendars import Calendar
from ml.forecasting.effects import SMALLEST_FACTOR, CalendarEffects
from ml.forecasting.estimators import MIN_HISTORY_DAYS
from ml.forecasting.features import FIRST_ORIGIN, FeatureTable, check_history, training_pairs

HELD_OUT_DAYS = 28
NEEDED_DAYS = MIN_HISTORY_DAYS + HELD_OUT_DAYS
MAX_TEST_ROWS = 1200
MARKS = ("origin_date", "forecast_date", "target", "level_amount", "net_revenue")  # all other columns are features


def train_and_test(
    history: pd.Series, calendar: Calendar, horizon_days: int, max_rows: int = 3000
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows that the learners learn from 28 days before the end of a history, and those of these 28 days.

    Parameters
    ----------
    history : Series
        See ``ml.forecasting.estimators``; of 56 days or more, else ValueError.
    calendar : Calendar
    horizon_days : int
        The longest lead.
    max_rows : int, default=3000
        How many rows to train on; see ``DirectForecaster``.

    Returns
    -------
    train, test : DataFrame
        A row per pair of origin and lead on which the store is open: ``origin_date`` (the last day known),
        ``forecast_date``, ``lead_days`` and the other features (see ``FeatureTable.rows``), ``target`` (revenue without
        the calendar's special effects, a share of the level at the origin), ``level_amount`` (that level) and
        ``net_revenue`` (what happened), both in currency. In the train frame outliers of the target are pulled in, in
        the test frame they are as they happened. Origins of both, and forecast days of the train frame, lie before the
        held-out days.
    """
    history = check_history(history)
    if len(history) < NEEDED_DAYS:
        raise ValueError(f"wanted a history of {NEEDED_DAYS} days or more, got {len(history)}")
    known = history[:-HELD_OUT_DAYS]
    effects = CalendarEffects(known, calendar)
    plain = effects.plain(known)
    table = FeatureTable(plain, calendar)
    origins, leads = training_pairs(len(known), horizon_days, max_rows)
    train = _rows(table, history, origins, leads)

    held_out = history[-HELD_OUT_DAYS:]
    special = effects.special(held_out.index)
    # a day that is shut, or nearly, says nothing of ordinary ones
    ordinary = np.where(special < SMALLEST_FACTOR, np.nan, held_out / np.maximum(special, SMALLEST_FACTOR))
    origins, leads = _held_out_pairs(len(known), horizon_days)
    target = ordinary[origins + leads - len(known)] / table.level[origins]
    test = _rows(table, history, origins, leads, target)
    return train, test.dropna(subset="target").reset_index(drop=True)


def features_of(rows: pd.DataFrame) -> list[str]:
    """The columns of a frame that are features."""
    return [name for name in rows.columns if name not in MARKS]


def write_frames(frames: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write each frame by its name as Parquet and as CSV into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in frames.items():
        rows.to_parquet(folder / f"{name}.parquet", index=False)
        rows.to_csv(folder / f"{name}.csv", index=False, date_format="%Y-%m-%d")


def _held_out_pairs(known_days: int, horizon_days: int) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of an origin that is known and a held-out day within the horizon, thinned evenly."""
    days, leads = np.meshgrid(
        np.arange(known_days, known_days + HELD_OUT_DAYS), np.arange(1, horizon_days + 1), indexing="ij"
    )
    origins = days - leads
    is_pair = (origins < known_days) & (origins >= FIRST_ORIGIN)
    origins, leads = origins[is_pair], leads[is_pair]
    chosen = np.linspace(0, len(origins) - 1, min(len(origins), MAX_TEST_ROWS)).round().astype(int)
    return origins[chosen], leads[chosen]


def _rows(
    table: FeatureTable,
    history: pd.Series,
    origins: np.ndarray,
    leads: np.ndarray,
    target: np.ndarray | None = None,
) -> pd.DataFrame:
    is_open = ~table.is_closed(origins, leads)
    origins, leads = origins[is_open], leads[is_open]
    if len(origins) == 0:
        return pd.DataFrame(columns=list(MARKS))
    days = history.index
    return pd.concat(
        [
            pd.DataFrame({"origin_date": days[origins], "forecast_date": days[origins + leads]}),
            table.rows(origins, leads),
            pd.DataFrame(
                {
                    "target": table.ratio(origins, leads) if target is None else target[is_open],
                    "level_amount": table.level[origins],
                    "net_revenue": history.to_numpy()[origins + leads],
                }
            ),
        ],
        axis=1,
    )
