"""Forecast the daily net revenue of every store: the only file of the task that names tables."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from datetime import date, datetime, timezone
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import psycopg
from tqdm import tqdm

from ml.forecasting.backtest import backtest_cutoffs, predict_from
from ml.forecasting.entrants import make_entrants
from ml.forecasting.estimators import MIN_HISTORY_DAYS
from ml.forecasting.evaluation import mark_champions
from ml.forecasting.features import check_history
from ml.forecasting.intervals import BANDS, add_bands
from ml.forecasting.report import ForecastReport, StoreForecast
from warehouse import DataError, UsageError, Warehouse
from warehouse.frames import replace_slice

RESULTS = "ml.forecast_results"
SERIES = {"target": "net_revenue", "series_level": "total", "series_key": "total"}
HORIZON_RANGE_DAYS = (1, 365)
LIBRARIES = ("holidays", "numpy", "pandas", "scikit-learn", "scipy")
METHOD = ("backtest", "calendars", "entrants", "estimators", "evaluation", "features", "intervals", "learners")

STORES = """
select
    stores.store_id,
    stores.store_name,
    stores.currency,
    stores.country_code,
    min(days.revenue_date) as first_date,
    max(days.revenue_date) as last_date
from marts.dim_stores as stores
left join marts.fct_daily_revenue as days on stores.store_id = days.store_id
group by stores.store_id, stores.store_name, stores.currency, stores.country_code
order by stores.store_id
"""

HISTORY = """
select revenue_date, net_revenue
from marts.fct_daily_revenue
where store_id = %s and revenue_date <= %s
order by revenue_date
"""

STORED = f"""
select kind, model_name, cutoff_date, forecast_date, horizon_days, forecast, is_champion, {", ".join(BANDS)}
from {RESULTS}
where
    store_id = %s and target = %s and series_level = %s and series_key = %s
    and data_fingerprint = %s and (kind = 'backtest' or cutoff_date = %s)
order by cutoff_date, model_name, forecast_date
"""

LATER_LIVE = f"""
select 1 as found
from {RESULTS}
where
    store_id = %s and target = %s and series_level = %s and series_key = %s
    and kind = 'live' and cutoff_date > %s
limit 1
"""


def run(
    warehouse: Warehouse,
    stores: Sequence[str] | None = None,
    horizon_days: int = 90,
    as_of: date | None = None,
    progress: bool = False,
) -> ForecastReport:
    """Forecast the net revenue of stores, now and from past cutoffs, into ``ml.forecast_results``.

    The live rows of a store belong to the last day of its history (or ``as_of``, which hides all later days); those
    of earlier cutoffs stay as they are. Backtest rows are those of the latest cutoff and are replaced as a whole.
    What has been forecast from the same data by the same method is found again and not touched.

    Parameters
    ----------
    warehouse : Warehouse
    stores : sequence of str, default all
        Values of ``store_id``.
    horizon_days : int, default=90
        1 to 365.
    as_of : date, default the last complete day of each store
        The last day that may be known.
    progress : bool, default=False
        Whether to show bars on stderr, where that is a terminal.

    Raises
    ------
    UsageError
        For a store that is not there, a horizon out of range, or a day on which no store had a history.
    DataError
        Where the marts are missing or a history has a gap.
    """
    low, high = HORIZON_RANGE_DAYS
    if not low <= horizon_days <= high:
        raise UsageError(f"a horizon of {horizon_days} days is out of range: choose {low} to {high}")
    chosen = _choose(_read_stores(warehouse), stores)
    _check_as_of(chosen, as_of)
    with warehouse.lock(RESULTS):
        return ForecastReport([_forecast(warehouse, store, horizon_days, as_of, progress) for store in chosen])


def _read_stores(warehouse: Warehouse) -> list[dict]:
    try:
        return warehouse.read(STORES).to_dict("records")
    except psycopg.errors.UndefinedTable:
        raise DataError("the marts dim_stores and fct_daily_revenue are not there; build them: make build") from None


def _choose(stores: list[dict], wanted: Sequence[str] | None) -> list[dict]:
    by_name = {store["store_id"]: store for store in stores}
    if not wanted:
        return stores
    for name in wanted:
        if name not in by_name:
            near = get_close_matches(name, by_name, n=1, cutoff=0.4)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(by_name) or 'none'}"
            raise UsageError(f"there is no store {name!r}; {hint}")
    return [by_name[name] for name in dict.fromkeys(wanted)]


def _check_as_of(stores: list[dict], as_of: date | None) -> None:
    with_history = [store for store in stores if not pd.isna(store["first_date"])]
    if as_of is None or not with_history:
        return
    first = min(store["first_date"] for store in with_history)
    last = max(store["last_date"] for store in with_history)
    if not first <= pd.Timestamp(as_of) <= last:
        raise UsageError(f"as of {as_of} there is nothing to stand on: choose {first:%Y-%m-%d} to {last:%Y-%m-%d}")


def _forecast(
    warehouse: Warehouse, store: dict, horizon_days: int, as_of: date | None, progress: bool
) -> StoreForecast:
    started = time.perf_counter()
    history = _read_history(warehouse, store, as_of)
    known = {name: store[name] for name in ("store_id", "store_name", "currency")} | {"history": history}
    if len(history) < MIN_HISTORY_DAYS or not history.any():
        what = f"{len(history)} days" if len(history) < MIN_HISTORY_DAYS else "only zeros"
        return StoreForecast(**known, reason=f"not enough history ({what}; {MIN_HISTORY_DAYS} days with sales needed)")

    country_code = store["country_code"] if isinstance(store["country_code"], str) else None
    fingerprint = data_fingerprint(history, country_code, horizon_days)
    entrants = make_entrants(country_code, horizon_days)
    cutoff, past = history.index[-1], backtest_cutoffs(history.index)
    key = (store["store_id"], *SERIES.values())

    stored = warehouse.read(STORED, (*key, fingerprint, cutoff.date()))
    is_live = stored["kind"] == "live"
    has_live = is_live.sum() == horizon_days * len(entrants)
    has_backtest = (~is_live).sum() == len(entrants) * sum(min(horizon_days, (cutoff - day).days) for day in past)
    if has_live and has_backtest:
        stored["actual"] = history.reindex(stored["forecast_date"]).to_numpy()
        return StoreForecast(
            **known, cutoff=cutoff, predictions=stored, is_reused=True, seconds=time.perf_counter() - started
        )

    with tqdm(total=len(past) + 1, desc=store["store_id"], unit="cutoff", disable=None if progress else True) as bar:
        predictions = predict_from(history, past.append(history.index[-1:]), entrants, horizon_days, bar.update)
    predictions = add_bands(mark_champions(predictions, horizon_days), history)
    kind = np.where(predictions["cutoff_date"] == cutoff, "live", "backtest")
    predictions = predictions.assign(kind=kind)[(kind == "live") | predictions["actual"].notna()]
    is_live = predictions["kind"] == "live"
    rows_written = 0
    with warehouse.connect() as connection:
        if not has_live:
            rows = _result_rows(predictions[is_live], store["store_id"], cutoff, fingerprint)
            where = {"store_id": store["store_id"], **SERIES, "kind": "live", "cutoff_date": cutoff.date()}
            rows_written += replace_slice(connection, RESULTS, rows, where)
        # a forecast as of an earlier day leaves the backtest of the latest one alone
        if connection.execute(LATER_LIVE, (*key, cutoff.date())).fetchone() is None:
            rows = _result_rows(predictions[~is_live], store["store_id"], cutoff, fingerprint)
            where = {"store_id": store["store_id"], **SERIES, "kind": "backtest"}
            rows_written += replace_slice(connection, RESULTS, rows, where)
    return StoreForecast(
        **known,
        cutoff=cutoff,
        predictions=predictions,
        rows_written=rows_written,
        seconds=time.perf_counter() - started,
    )


def _read_history(warehouse: Warehouse, store: dict, as_of: date | None) -> pd.Series:
    last = store["last_date"] if as_of is None else pd.Timestamp(as_of)
    days = warehouse.read(HISTORY, (store["store_id"], None if pd.isna(last) else last.date()))
    history = days.set_index("revenue_date")["net_revenue"]
    if history.empty:
        return history
    try:
        return check_history(history)
    except ValueError as error:
        raise DataError(f"store {store['store_id']}, marts.fct_daily_revenue: {error}") from None


def data_fingerprint(history: pd.Series, country_code: str | None, horizon_days: int) -> str:
    """What a forecast rests on, as a hash: the history, the country, the horizon, the method and its libraries."""
    digest = hashlib.sha256()
    digest.update(f"{history.index[0]:%Y-%m-%d} {country_code} {horizon_days}".encode())
    digest.update(history.to_numpy("<f8").tobytes())
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}".encode())
    for module in METHOD:
        digest.update(Path(__file__).with_name(f"{module}.py").read_bytes())
    return digest.hexdigest()


def _result_rows(predictions: pd.DataFrame, store_id: str, cutoff: pd.Timestamp, fingerprint: str) -> pd.DataFrame:
    """The predictions with all columns of the table."""
    return pd.DataFrame(
        {
            "store_id": store_id,
            **SERIES,
            **{name: predictions[name] for name in ("model_name", "kind")},
            "cutoff_date": predictions["cutoff_date"].dt.date,
            "forecast_date": predictions["forecast_date"].dt.date,
            "period_days": 1,
            **{name: predictions[name] for name in ("horizon_days", "forecast", *BANDS, "is_champion")},
            "run_id": f"{store_id}-{cutoff:%Y%m%d}-{fingerprint[:12]}",
            "data_fingerprint": fingerprint,
            "created_at": datetime.now(timezone.utc).isoformat(),
        }
    )
