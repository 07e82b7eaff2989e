"""Forecast the net revenue of every store and its parts: the only file of the task that names tables."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from datetime import date, datetime, timezone
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pandas as pd
import psycopg
from tqdm import tqdm

from ml.forecasting import keeping
from ml.forecasting.estimators import MIN_HISTORY_DAYS
from ml.forecasting.evaluation import naive_error
from ml.forecasting.features import check_history
from ml.forecasting.intervals import BANDS
from ml.forecasting.panels import Level, make_panel
from ml.forecasting.predicting import Live, predict
from ml.forecasting.report import ForecastReport, StoreForecast
from ml.forecasting.store import Store
from ml.forecasting.training import Backtest, Training, step_count, train
from warehouse import DataError, UsageError, Warehouse
from warehouse.frames import append_rows, replace_slice

RESULTS, RUNS, SCORES = "ml.forecast_results", "ml.forecast_runs", "ml.forecast_scores"
SERIES, EFFECTS, IMPORTANCE = "ml.forecast_series", "ml.forecast_effects", "ml.forecast_importance"
TARGET = "net_revenue"
HORIZON_RANGE_DAYS = (1, 365)
RETRAIN_DAYS = 7
PANEL_DAYS = 3 * 365 + 1
RESULT_COLUMNS = (
    "series_level",
    "series_key",
    "model_name",
    "cutoff_date",
    "forecast_date",
    "period_days",
    "horizon_days",
    "forecast",
    *BANDS,
    "is_champion",
)
# of no say in what is forecast
USE = ("judgement_plots", "plans", "plots", "report", "run", "scenarios", "search", "using")
METHOD = sorted(path for path in Path(__file__).parent.glob("*.py") if path.stem not in USE)

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

# series of a store's parts, each with its parent
PARTS = {
    "category": """
select category as series_key, revenue_date, net_revenue
from marts.fct_daily_revenue_by_category
where store_id = %s and revenue_date > %s and revenue_date <= %s and net_revenue <> 0
""",
    "country": """
select country_code as series_key, revenue_date, net_revenue
from marts.fct_daily_revenue_by_country
where store_id = %s and revenue_date > %s and revenue_date <= %s and net_revenue <> 0
""",
    "product": """
select product_id as series_key, revenue_date, net_revenue
from marts.fct_daily_revenue_by_product
where store_id = %s and revenue_date > %s and revenue_date <= %s and net_revenue <> 0
""",
}

PRODUCT_CATEGORIES = """
select product_id, category
from marts.dim_products
where store_id = %s
"""
NO_CATEGORY = "(no category)"

EVENTS = """
select event_name, event_kind, starts_on, ends_on, category, product_id, discount_pct
from marts.dim_calendar_events
where store_id = %s
order by event_name, starts_on, category, product_id
"""

FOUND_RUN = f"""
select runs.kind
from {RUNS} as runs
where
    runs.store_id = %s and runs.cutoff_date = %s and runs.horizon_days = %s and runs.data_fingerprint = %s
    and exists (
        select 1
        from {RESULTS} as results
        where
            results.store_id = runs.store_id and results.target = '{TARGET}' and results.kind = 'live'
            and results.cutoff_date = runs.cutoff_date and results.run_id = runs.run_id
    )
"""

STORED = f"""
select kind, model_name, cutoff_date, forecast_date, horizon_days, forecast, is_champion, {", ".join(BANDS)}
from {RESULTS}
where
    store_id = %s and target = '{TARGET}' and series_level = 'total' and period_days = 1
    and (kind = 'backtest' or cutoff_date = %s)
order by cutoff_date, model_name, forecast_date
"""

STORED_COUNT = f"""
select count(*) as row_count
from {RESULTS}
where store_id = %s and target = '{TARGET}' and (kind = 'backtest' or cutoff_date = %s)
"""

STORED_SCORES = f"select * from {SCORES} where store_id = %s and target = '{TARGET}'"

STORED_IMPORTANCE = f"""
select model_name, feature, importance, importance_rank
from {IMPORTANCE}
where store_id = %s
order by model_name, importance_rank
"""

# what is published of the categories
STORED_PARTS = f"""
select series_key, forecast_date, forecast
from {RESULTS}
where
    store_id = %s and target = '{TARGET}' and series_level = 'category' and period_days = 1
    and kind = 'live' and cutoff_date = %s and is_champion
order by series_key, forecast_date
"""

ANY_LIVE = (
    f"select 1 as found from {RESULTS} where store_id = %s and kind = 'live' and series_level <> 'customer' limit 1"
)

LATER_LIVE = f"""
select 1 as found
from {RUNS}
where store_id = %s and cutoff_date > %s
limit 1
"""


def run(
    warehouse: Warehouse,
    stores: Sequence[str] | None = None,
    horizon_days: int = 90,
    as_of: date | None = None,
    retrain: bool | None = None,
    progress: bool = False,
) -> ForecastReport:
    """Forecast the net revenue of stores, their categories, countries and products into ``ml.forecast_results``.

    Training (trying, judging, choosing, fitting) is kept and used for the days that follow. The live rows of a store
    belong to the last day of its history (or ``as_of``, which hides all later days); those of earlier cutoffs stay as
    they are. Backtest rows and scores are those of the latest training and are replaced as a whole. What has been
    forecast from the same data by the same method is found again and not touched.

    Parameters
    ----------
    warehouse : Warehouse
    stores : sequence of str, default all
        Values of ``store_id``.
    horizon_days : int, default=90
        1 to 365.
    as_of : date, default the last complete day of each store
        The last day that may be known.
    retrain : bool, default as needed
        True: train anew. False: use what is kept, however old it is. Default: train where nothing is kept, or what is
        kept is seven days old or was made by another method.
    progress : bool, default=False
        Whether to show bars on stderr, where that is a terminal.

    Raises
    ------
    UsageError
        For a store that is not there, a horizon out of range, or a day on which no store had a history.
    DataError
        Where the marts are missing or a history has a gap.
    """
    check_horizon(horizon_days)
    chosen = choose_stores(read_stores(warehouse), stores, as_of)
    with warehouse.lock(RESULTS):
        return ForecastReport([_forecast(warehouse, row, horizon_days, as_of, retrain, progress) for row in chosen])


def run_from_two_origins(warehouse: Warehouse, days: int) -> ForecastReport:
    """Forecast all stores; one without a forecast first as of ``days`` before, so that the change can be explained.

    The later forecast uses the training of the earlier one. A store with less history is forecast once.
    """
    is_trained = False
    for row in read_stores(warehouse):
        if pd.isna(row["last_date"]) or len(warehouse.read(ANY_LIVE, (row["store_id"],))):
            continue
        earlier = row["last_date"] - pd.Timedelta(days=days)
        if earlier >= row["first_date"]:
            run(warehouse, [row["store_id"]], as_of=earlier.date())
            is_trained = True
    return run(warehouse, retrain=False if is_trained else None)


def check_horizon(horizon_days: int) -> None:
    """Raise UsageError for a horizon out of range."""
    low, high = HORIZON_RANGE_DAYS
    if not low <= horizon_days <= high:
        raise UsageError(f"a horizon of {horizon_days} days is out of range: choose {low} to {high}")


def read_store(warehouse: Warehouse, row: dict, as_of: date | None) -> Store:
    """A store with its history up to a day, its parts and its plans, from the marts."""
    history = _read_history(warehouse, row, as_of)
    known = {"store_id": row["store_id"], "name": row["store_name"], "currency": row["currency"]}
    country_code = row["country_code"] if isinstance(row["country_code"], str) else None
    if history.empty:
        return Store(**known, country_code=country_code, history=history)
    days = history.index[-PANEL_DAYS:]
    slice_of = (row["store_id"], (days[0] - pd.Timedelta(days=1)).date(), days[-1].date())
    try:
        categories = warehouse.read(PRODUCT_CATEGORIES, slice_of[:1]).set_index("product_id")["category"]
        levels = {}
        for name, query in PARTS.items():
            panel = make_panel(warehouse.read(query, slice_of), days)
            own = categories.reindex(panel.columns).fillna(NO_CATEGORY) if name == "product" else None
            levels[name] = Level(name, panel, pd.Series("total", index=panel.columns) if own is None else own)
        events = warehouse.read(EVENTS, slice_of[:1])
    except psycopg.errors.UndefinedTable as error:
        raise DataError(f"a mart is missing ({_relation(error)}); build them: make build") from None
    return Store(**known, country_code=country_code, history=history, levels=levels, events=events)


def _relation(error: psycopg.Error) -> str:
    return str(error).split('"')[1] if '"' in str(error) else "of the parts of a store"


def read_stores(warehouse: Warehouse) -> list[dict]:
    """What the marts say of every store; DataError where they are missing."""
    try:
        return warehouse.read(STORES).to_dict("records")
    except psycopg.errors.UndefinedTable:
        raise DataError("the marts dim_stores and fct_daily_revenue are not there; build them: make build") from None


def choose_stores(stores: list[dict], wanted: Sequence[str] | None, as_of: date | None = None) -> list[dict]:
    """The wanted stores, all by default; UsageError for one that is not there, and where none had begun by a day."""
    by_name = {store["store_id"]: store for store in stores}
    for name in wanted or ():
        if name not in by_name:
            near = get_close_matches(name, by_name, n=1, cutoff=0.4)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(by_name) or 'none'}"
            raise UsageError(f"there is no store {name!r}; {hint}")
    chosen = [by_name[name] for name in dict.fromkeys(wanted or by_name)]
    _check_as_of(chosen, as_of)
    return chosen


def _check_as_of(stores: list[dict], as_of: date | None) -> None:
    with_history = [store for store in stores if not pd.isna(store["first_date"])]
    if as_of is None or not with_history:
        return
    first = min(store["first_date"] for store in with_history)
    last = max(store["last_date"] for store in with_history)
    if not first <= pd.Timestamp(as_of) <= last:
        raise UsageError(f"as of {as_of} there is nothing to stand on: choose {first:%Y-%m-%d} to {last:%Y-%m-%d}")


def _forecast(
    warehouse: Warehouse, row: dict, horizon_days: int, as_of: date | None, retrain: bool | None, progress: bool
) -> StoreForecast:
    started = time.perf_counter()
    store = read_store(warehouse, row, as_of)
    history = store.history
    known = {"store_id": store.store_id, "store_name": store.name, "currency": store.currency, "history": history}
    if len(history) < MIN_HISTORY_DAYS or not history.any():
        what = f"{len(history)} days" if len(history) < MIN_HISTORY_DAYS else "only zeros"
        return StoreForecast(**known, reason=f"not enough history ({what}; {MIN_HISTORY_DAYS} days with sales needed)")

    cutoff = history.index[-1]
    method = method_fingerprint()
    fingerprint = hashlib.sha256(store.fingerprint(cutoff) + f"{horizon_days} {method}".encode()).hexdigest()
    found = warehouse.read(FOUND_RUN, (store.store_id, cutoff.date(), horizon_days, fingerprint))
    wanted = ["retrain"] if retrain else ["retrain", "predict"]
    if found["kind"].isin(wanted).any():
        return StoreForecast(
            **known,
            cutoff=cutoff,
            **_read_results(warehouse, store, cutoff),
            row_count=_count_stored(warehouse, store, cutoff),
            is_reused=True,
            seconds=time.perf_counter() - started,
        )

    with tqdm(
        total=step_count(store, cutoff) + 1, desc=store.store_id, unit="step", disable=None if progress else True
    ) as bar:
        training, training_run_id = (
            (None, "") if retrain else kept_training(warehouse, store, cutoff, horizon_days, method, retrain)
        )
        backtest = None
        run_id = f"{store.store_id}-{cutoff:%Y%m%d}-{fingerprint[:12]}"
        if training is None:
            training, backtest = train(store, cutoff, horizon_days, bar.update)
            training_run_id = run_id = f"{run_id}-t"
        live = predict(store, training, cutoff)
        bar.update(bar.total - bar.n)
    marks = {"run_id": run_id, "created_at": datetime.now(timezone.utc).isoformat()}
    is_latest = warehouse.read(LATER_LIVE, (store.store_id, cutoff.date())).empty
    registered = {
        "kind": "predict" if backtest is None else "retrain",
        "training_run_id": training_run_id,
        "trained_on_date": training.cutoff.date(),
        "data_fingerprint": fingerprint,
        "code_version": method,
        "parameters": json.dumps({"champions": training.champions, "libraries": keeping.libraries()}),
        "metrics": json.dumps(_metrics(backtest)),
        "elapsed_seconds": round(time.perf_counter() - started, 3),
    }
    rows_written = _write(warehouse, store, horizon_days, live, backtest if is_latest else None, registered, marks)
    if backtest is not None and is_latest:
        facts = {"store_id": store.store_id, "run_id": run_id, "method": method, "data_fingerprint": fingerprint}
        keeping.save(training, _folder(store), facts | {"metrics": _metrics(backtest)})
    return StoreForecast(
        **known,
        cutoff=cutoff,
        **_read_results(warehouse, store, cutoff),
        is_retrained=backtest is not None,
        row_count=_count_stored(warehouse, store, cutoff),
        rows_written=rows_written,
        seconds=time.perf_counter() - started,
    )


def _folder(store: Store) -> Path:
    return keeping.FOLDER / quote(store.store_id, safe="")


def kept_training(
    warehouse: Warehouse, store: Store, cutoff: pd.Timestamp, horizon_days: int, method: str, retrain: bool | None
) -> tuple[Training | None, str]:
    """The stored training to reuse and its run; none where models must be trained."""
    found = keeping.load(_folder(store))
    if found is None:
        return None, ""
    training, manifest = found
    age_days = (cutoff - training.cutoff).days
    is_of_here = not warehouse.read(f"select 1 as found from {RUNS} where run_id = %s", (manifest["run_id"],)).empty
    fits = is_of_here and manifest["method"] == method and training.horizon_days == horizon_days and age_days >= 0
    return (training, manifest["run_id"]) if fits and (retrain is False or age_days < RETRAIN_DAYS) else (None, "")


def _write(
    warehouse: Warehouse,
    store: Store,
    horizon_days: int,
    live: Live,
    backtest: Backtest | None,
    registered: dict,
    marks: dict,
) -> int:
    """All that a run has brought, in one transaction; returns the number of result rows."""
    cutoff = store.history.index[-1].date()
    own = {"store_id": store.store_id}
    of_cutoff = own | {"cutoff_date": cutoff}
    fingerprint = registered["data_fingerprint"]
    with warehouse.connect() as connection:
        where = of_cutoff | {"target": TARGET, "kind": "live"}
        written = replace_slice(connection, RESULTS, _result_rows(live.rows, "live", own, fingerprint, marks), where)
        if backtest is not None:
            past = [
                backtest.total.assign(period_days=1, series_level="total", series_key="total"),
                backtest.weeks.assign(period_days=7, series_level="total", series_key="total"),
                backtest.parts,
            ]
            past = pd.concat([rows for rows in past if len(rows)]) if any(map(len, past)) else live.rows.iloc[:0]
            where = own | {"target": TARGET, "kind": "backtest"}
            rows = _result_rows(past, "backtest", own, fingerprint, marks)
            written += replace_slice(connection, RESULTS, rows, where)
            scores = backtest.scores.rename(columns={"day_count": "forecast_count"}).assign(
                **own, target=TARGET, **marks
            )
            replace_slice(connection, SCORES, scores, own)
            replace_slice(connection, IMPORTANCE, backtest.importance.assign(**own, **marks), own)
        words = live.words.assign(**of_cutoff, **marks)
        replace_slice(connection, SERIES, words, of_cutoff)
        replace_slice(connection, EFFECTS, live.effects.assign(**of_cutoff, **marks), of_cutoff)
        run_row = pd.DataFrame([own | {"cutoff_date": cutoff, "horizon_days": horizon_days} | registered | marks])
        connection.execute(f"delete from {RUNS} where run_id = %s", (marks["run_id"],))
        append_rows(connection, RUNS, run_row)
    return written


def _metrics(backtest: Backtest | None) -> dict:
    """Errors of what was published, per level, beside those of the weekday mean; empty without a backtest."""
    if backtest is None or backtest.scores.empty:
        return {}
    rows = backtest.scores.query("lead_days_bucket == 'all' and period_days == 1")
    rows = rows[rows["model_name"].isin(["published", "weekday_mean"])]
    return {
        f"{row.series_level}_{row.model_name}_{name}": round(getattr(row, name), 6)
        for row in rows.itertuples()
        for name in ("rmse", "wape_rate")
        if not np.isnan(getattr(row, name))
    }


def _count_stored(warehouse: Warehouse, store: Store, cutoff: pd.Timestamp) -> int:
    return int(warehouse.read(STORED_COUNT, (store.store_id, cutoff.date()))["row_count"].iloc[0])


def _read_results(warehouse: Warehouse, store: Store, cutoff: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """Values of ``StoreForecast`` from a store's tables and its latest training."""
    return {
        "predictions": _read_stored(warehouse, store, cutoff),
        "scores_by_level": warehouse.read(STORED_SCORES, (store.store_id,)),
        "importance": warehouse.read(STORED_IMPORTANCE, (store.store_id,)),
        "parts": warehouse.read(STORED_PARTS, (store.store_id, cutoff.date())),
    }


def _read_stored(warehouse: Warehouse, store: Store, cutoff: pd.Timestamp) -> pd.DataFrame:
    """The total's daily predictions as they stand in the results, with what has happened."""
    stored = warehouse.read(STORED, (store.store_id, cutoff.date()))
    stored = stored[(stored["kind"] == "live") | (stored["cutoff_date"] < cutoff)].reset_index(drop=True)
    units = {day: naive_error(store.history[:day]) for day in stored["cutoff_date"].unique()}
    stored["actual"] = store.history.reindex(stored["forecast_date"]).to_numpy()
    return stored.assign(naive_error=stored["cutoff_date"].map(units))


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


def method_fingerprint() -> str:
    """The code and the libraries that a forecast is made by, as a hash."""
    digest = hashlib.sha256(json.dumps(keeping.libraries()).encode())
    for path in METHOD:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _result_rows(rows: pd.DataFrame, kind: str, own: dict, fingerprint: str, marks: dict) -> pd.DataFrame:
    """Predictions with all columns of the table."""
    rows = rows[list(RESULT_COLUMNS)].assign(**own, target=TARGET, kind=kind, data_fingerprint=fingerprint, **marks)
    for column in ("cutoff_date", "forecast_date"):
        rows[column] = rows[column].astype("datetime64[s]")
    return rows
