"""After how many days of silence a customer of a shop without contracts counts as lost."""

from __future__ import annotations

import numpy as np
import pandas as pd

SHARE_OF_GAPS = 0.8
STEP_DAYS = 30
LONGEST_DAYS = 360


def churn_window_days(customers: pd.DataFrame) -> int | None:
    """The days within which four of five repeat buyers were back the last time, in whole steps of 30 days, at most 360.

    ``customers`` are the snapshots of one day. None where no customer bought twice.
    """
    gaps = customers["last_gap_days"].dropna().to_numpy(float)
    if not len(gaps):
        return None
    steps = int(np.ceil(np.quantile(gaps, SHARE_OF_GAPS) / STEP_DAYS))
    return int(np.clip(STEP_DAYS * steps, STEP_DAYS, LONGEST_DAYS))


def has_churned(snapshots: pd.DataFrame, window_days: int, day: pd.Timestamp) -> pd.Series:
    """1.0 where no purchase came in the window after the snapshot, 0.0 where one did, NaN where it is not over."""
    is_over = snapshots["snapshot_date"] + pd.Timedelta(days=window_days) <= day
    came_back = snapshots["label_next_purchase_days"].astype(float) <= window_days
    return (~came_back).astype(float).where(is_over)
