"""What forecasts are good for beside being published: frames to work with, scenarios, a search for better settings.

Nothing here writes into the warehouse.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from urllib.parse import quote

from tqdm import tqdm

from ml.forecasting import keeping
from ml.forecasting.frames import HELD_OUT_DAYS, NEEDED_DAYS, train_and_test, write_frames
from ml.forecasting.plans import check_plans, read_plans
from ml.forecasting.run import (
    check_horizon,
    choose_stores,
    kept_training,
    method_fingerprint,
    read_store,
    read_stores,
)
from ml.forecasting.scenarios import ScenarioReport, imagine
from ml.forecasting.search import Search, search, step_count
from ml.forecasting.store import Store
from warehouse import DataError, UsageError, Warehouse

TRIAL_RANGE = (1, 500)


def export(
    warehouse: Warehouse,
    folder: Path,
    stores: Sequence[str] | None = None,
    horizon_days: int = 90,
    as_of: date | None = None,
) -> str:
    """Write the frames that the learners learn from, and are judged on, per store; see ``train_and_test``.

    ``folder/<store_id>/train`` and ``test``, as ``.parquet`` and ``.csv``. Returns a line per store.
    """
    lines = []
    for store in _open(warehouse, stores, horizon_days, as_of):
        history = store.history
        if len(history) < NEEDED_DAYS:
            lines.append(f"{store.store_id}: not enough history ({len(history)} days; {NEEDED_DAYS} needed)")
            continue
        train, test = train_and_test(history, store.calendar(history.index[-1 - HELD_OUT_DAYS]), horizon_days)
        own = folder / quote(store.store_id, safe="")
        write_frames({"train": train, "test": test}, own)
        lines.append(f"{store.store_id}: {len(train):,} rows to train on, {len(test):,} to test on, in {own}")
    return "\n".join(lines) or "there is no store to export"


def scenario(
    warehouse: Warehouse,
    path: Path,
    stores: Sequence[str] | None = None,
    horizon_days: int = 90,
    as_of: date | None = None,
    progress: bool = False,
) -> ScenarioReport:
    """Forecast stores with the plans of a file beside without, by their kept trainings; see ``imagine``.

    Raises
    ------
    UsageError, DataError
        For a file, a plan or a store that cannot be used, and for a store without a kept training.
    """
    rows = read_stores(warehouse)
    chosen = [row["store_id"] for row in choose_stores(rows, stores)] if stores else []
    plans = read_plans(path, [row["store_id"] for row in rows], chosen[0] if len(chosen) == 1 else None)
    if chosen:
        plans = plans[plans["store_id"].isin(chosen)]
    if plans.empty:
        raise DataError(f"{path.name}: no plan in it is of {', '.join(chosen)}; name another store, or add a plan")
    ready = []
    for store in _open(warehouse, list(plans["store_id"].unique()), horizon_days, as_of):
        training = None
        if len(store.history):
            cutoff = store.history.index[-1]
            training, _ = kept_training(warehouse, store, cutoff, horizon_days, method_fingerprint(), False)
        if training is None:
            raise DataError(
                f"store {store.store_id} has no kept models of today's method for {horizon_days} days ahead; "
                f"make them: python -m ml forecast --retrain --store {store.store_id} --horizon {horizon_days}"
            )
        own = plans[plans["store_id"] == store.store_id]
        check_plans(store, own, cutoff, horizon_days, path.name)
        ready.append((store, training, cutoff, own))
    steps = tqdm(ready, desc="scenario", unit="store", disable=None if progress else True)
    return ScenarioReport([imagine(*arguments) for arguments in steps])


def search_all(
    warehouse: Warehouse,
    stores: Sequence[str] | None = None,
    trial_count: int = 20,
    horizon_days: int = 90,
    progress: bool = False,
) -> list[Search]:
    """Look for better settings of each store's learners, and record all that was tried beside the kept models.

    The record of a store is ``<store_id>.search.json`` in the folder of kept models; the next search replaces it.
    """
    low, high = TRIAL_RANGE
    if not low <= trial_count <= high:
        raise UsageError(f"{trial_count} trials are out of range: choose {low} to {high}")
    found = []
    for store in _open(warehouse, stores, horizon_days, None):
        with tqdm(total=step_count(), desc=store.store_id, unit="step", disable=None if progress else True) as bar:
            result = search(store, horizon_days, trial_count, bar.update)
        found.append(result)
        if not result.reason:
            facts = {"horizon_days": horizon_days, "method": method_fingerprint(), "libraries": keeping.libraries()}
            path = keeping.FOLDER / f"{quote(store.store_id, safe='')}.search.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_suffix(".new")
            beside.write_text(json.dumps(result.record() | facts, indent=1))
            beside.replace(path)
    return found


def _open(warehouse: Warehouse, stores: Sequence[str] | None, horizon_days: int, as_of: date | None) -> list[Store]:
    """The chosen stores, as known on a day."""
    check_horizon(horizon_days)
    rows = choose_stores(read_stores(warehouse), stores, as_of)
    return [read_store(warehouse, row, as_of) for row in rows]
