"""Score the customers of every store: the only file of the tasks about customers that names tables."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Sequence
from datetime import date, datetime, timezone
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import psycopg
import pyarrow as pa
from tqdm import tqdm

from ml.customer_value.evaluation import BANDS
from ml.customers.report import CustomerReport, StoreCustomers
from ml.customers.score import DECIMALS, score_store
from ml.snapshots import as_known_on
from warehouse import DataError, UsageError, Warehouse
from warehouse.frames import append_rows, replace_slice

RESULTS = "ml.forecast_results"
SCORES = "ml.customer_scores"
TARGETS = ("clv", "churn")
LEVEL = "customer"
LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy")
ROOMS = ("customers", "customer_value", "churn", "segments")
BLOCK_ROWS = 200_000
DATE = pd.ArrowDtype(pa.date32())

STORES = """
select store_id, store_name, currency, first_order_date, as_of_date
from marts.dim_stores
order by store_id
"""

# without the labels: they are the future of that day
TODAY = """
select
    customer_id, snapshot_date, {features}
from marts.fct_customer_features
where store_id = %s and snapshot_date = %s
order by customer_id
"""

SNAPSHOTS = """
select *
from marts.fct_customer_features
where store_id = %s and snapshot_date <= %s and is_sampled
order by snapshot_date, customer_id
"""

UNSAMPLED = "select 1 as found from marts.fct_customer_features where store_id = %s and not is_sampled limit 1"

GUESTS = """
select
    count(*) filter (where is_guest) as guest_orders,
    count(*) as orders
from marts.fct_orders
where store_id = %s and is_sale and order_date <= %s
"""

RFM = "select customer_id, rfm_segment from marts.fct_customer_rfm where store_id = %s and as_of_date = %s"

PREVIOUS_SEGMENTS = f"""
select customer_id, segment_number
from {SCORES}
where
    store_id = %s and segment_number is not null
    and as_of_date = (
        select max(as_of_date) from {SCORES} where store_id = %s and as_of_date < %s and segment_number is not null
    )
"""

STORED = f"""
select count(*) as row_count
from {SCORES}
where store_id = %s and as_of_date = %s and data_fingerprint = %s
"""

LATER = f"select 1 as found from {SCORES} where store_id = %s and as_of_date > %s limit 1"


def run(
    warehouse: Warehouse, stores: Sequence[str] | None = None, as_of: date | None = None, progress: bool = False
) -> CustomerReport:
    """Score the customers of stores into ``ml.forecast_results`` (clv, churn) and ``ml.customer_scores``.

    The live rows of a store belong to its last complete day (or ``as_of``, which hides all later days); those of
    earlier
    days stay as they are. Backtest rows are those of the latest day and are replaced as a whole. What has been scored
    from the same data by the same method is not scored again.

    Parameters
    ----------
    warehouse : Warehouse
    stores : sequence of str, default all
        Values of ``store_id``.
    as_of : date, default the last complete day of each store
        A month end of the last two years, or the last complete day. The mart has earlier days of all customers only for
        stores with at most 20,000 of them; larger stores are not scored as of an earlier day.
    progress : bool, default=False
        Whether to show bars on stderr, where that is a terminal.

    Raises
    ------
    UsageError
        For a store that is not there, or a day as of which no store was looked at.
    DataError
        Where the marts are missing.
    """
    try:
        return _run(warehouse, stores, as_of, progress)
    except psycopg.errors.UndefinedTable as error:
        found = re.search('"(.+?)"', error.diag.message_primary or "")
        raise DataError(f"{found[1] if found else 'a mart'} is not there; build the marts: make build") from None


def _run(warehouse: Warehouse, stores: Sequence[str] | None, as_of: date | None, progress: bool) -> CustomerReport:
    there = warehouse.read(STORES).to_dict("records")
    chosen = [(store, _day(store, as_of)) for store in _choose(there, stores)]
    if as_of and chosen and all(day is None for _, day in chosen):
        last_days = ", ".join(
            f"{store['as_of_date']:%Y-%m-%d}" for store, _ in chosen if not pd.isna(store["as_of_date"])
        )
        raise UsageError(
            f"as of {as_of} no customers were looked at: choose a month end of the last two years or the last complete "
            f"day of the store ({last_days or 'there is none yet'})"
        )
    with warehouse.lock(SCORES):
        return CustomerReport([_score(warehouse, store, day, progress) for store, day in chosen])


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


def _day(store: dict, as_of: date | None) -> pd.Timestamp | None:
    """The day as of which a store is scored; None where its customers were not looked at on that day."""
    first, last = store["first_order_date"], store["as_of_date"]
    if pd.isna(last) or last < first:
        return None
    day = last if as_of is None else pd.Timestamp(as_of)
    is_month_end = day.is_month_end and max(first, last - pd.DateOffset(months=25)) <= day <= last
    return day if day == last or is_month_end else None


def _score(warehouse: Warehouse, store: dict, day: pd.Timestamp | None, progress: bool) -> StoreCustomers:
    names = {name: store[name] for name in ("store_id", "store_name", "currency")}
    if day is None:
        return StoreCustomers(**names, reason="no customers yet")
    key = (store["store_id"], day.date())
    with tqdm(desc=store["store_id"], unit="step", disable=None if progress else True) as bar:
        steps = _Steps(bar)
        steps.begin("reading")
        if day < store["as_of_date"] and not warehouse.read(UNSAMPLED, key[:1]).empty:
            return StoreCustomers(**names, reason="earlier days have a sample of its customers only")
        today = _read_today(warehouse, key)
        guests = warehouse.read(GUESTS, key).iloc[0]
        names |= {"guest_orders": int(guests["guest_orders"]), "orders": int(guests["orders"])}
        if today.empty:
            reason = "only guests: no repeat customers are known" if names["guest_orders"] else "no customers yet"
            return StoreCustomers(**names, reason=reason)
        names |= {"cutoff": day, "customer_count": len(today)}
        snapshots = warehouse.read(SNAPSHOTS, key)
        rfm_segments = warehouse.read(RFM, key).set_index("customer_id")["rfm_segment"]
        previous = warehouse.read(PREVIOUS_SEGMENTS, (store["store_id"], *key)).set_index("customer_id")
        # what came after the day is no reason to score it again
        fingerprint = data_fingerprint(as_known_on(snapshots, day), today, previous["segment_number"])
        if warehouse.read(STORED, (*key, fingerprint)).at[0, "row_count"] == len(today):
            return StoreCustomers(**names, is_reused=True, step_seconds=steps.end())
        scores = score_store(snapshots, today, previous["segment_number"] if len(previous) else None, steps.begin)
        steps.begin("writing")
        origin = {
            "run_id": f"{store['store_id']}-{day:%Y%m%d}-{fingerprint[:12]}",
            "data_fingerprint": fingerprint,
            "created_at": datetime.now(timezone.utc).isoformat(),
        }
        rows_written = _write(warehouse, key, scores.predictions, scores.customers, origin)
        return StoreCustomers(
            **names, scores=scores, rfm_segments=rfm_segments, rows_written=rows_written, step_seconds=steps.end()
        )


class _Steps:
    """Shows the steps of a store as they begin, and times them; all past days are one."""

    def __init__(self, bar: tqdm) -> None:
        self.bar = bar
        self.seconds: dict[str, float] = {}
        self.name, self.began = "", 0.0

    def begin(self, step: str) -> None:
        self.end()
        self.bar.set_postfix_str(step)
        self.bar.update()
        self.name, self.began = "past days" if step.startswith("as of") else step, time.perf_counter()

    def end(self) -> dict[str, float]:
        if self.name:
            self.seconds[self.name] = self.seconds.get(self.name, 0.0) + time.perf_counter() - self.began
        self.name = ""
        return self.seconds


def _read_today(warehouse: Warehouse, key: tuple) -> pd.DataFrame:
    columns = warehouse.read("select * from marts.fct_customer_features where 1 = 0").columns
    others = ("store_id", "customer_id", "snapshot_date", "is_sampled")
    features = [column for column in columns if column not in others and not column.startswith("label_")]
    return warehouse.read(TODAY.format(features=", ".join(features)), key)


def data_fingerprint(snapshots: pd.DataFrame, today: pd.DataFrame, previous: pd.Series) -> str:
    """What scores rest on, as a hash: the snapshots, earlier segments, the method and its libraries."""
    digest = hashlib.sha256()
    for frame in (snapshots, today, previous.sort_index()):
        digest.update(pd.util.hash_pandas_object(frame, index=frame is not snapshots).to_numpy().tobytes())
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}".encode())
    rooms = Path(__file__).parents[1]
    for path in sorted([rooms / "snapshots.py", *(path for room in ROOMS for path in (rooms / room).glob("*.py"))]):
        if path.stem not in ("run", "report", "plots"):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _write(
    warehouse: Warehouse, key: tuple, predictions: pd.DataFrame, customers: pd.DataFrame, origin: dict[str, str]
) -> int:
    """Replace the live rows of the day, and the backtest unless a later day has one; in one transaction."""
    store_id, day = key
    with warehouse.connect() as connection:
        if connection.execute(LATER, key).fetchone() is not None:
            predictions = predictions[predictions["kind"] == "live"]
        else:
            _delete(connection, store_id, {"kind": "backtest"})
        _delete(connection, store_id, {"kind": "live", "cutoff_date": day})
        replace_slice(connection, SCORES, customers.iloc[:0], {"store_id": store_id, "as_of_date": day})
        # as text, the rows of a million customers together would need gigabytes
        for start in range(0, len(predictions), BLOCK_ROWS):
            append_rows(connection, RESULTS, _result_rows(store_id, predictions[start : start + BLOCK_ROWS], origin))
        for start in range(0, len(customers), BLOCK_ROWS):
            block = customers[start : start + BLOCK_ROWS]
            append_rows(connection, SCORES, block.assign(store_id=store_id, as_of_date=day, **origin))
        for table in (RESULTS, SCORES):  # dbt reads them next, and is planned by their true size
            connection.execute(f"analyze {table}")
    return len(predictions) + len(customers)


def _delete(connection: psycopg.Connection, store_id: str, about: dict[str, object]) -> None:
    for target in TARGETS:
        where = {"store_id": store_id, "target": target, "series_level": LEVEL, **about}
        replace_slice(connection, RESULTS, pd.DataFrame(columns=list(where)), where)


def _result_rows(store_id: str, predictions: pd.DataFrame, origin: dict[str, str]) -> pd.DataFrame:
    """Rows as the table of results has them."""
    ends = predictions["cutoff_date"] + pd.to_timedelta(predictions["period_days"], unit="D")
    return pd.DataFrame(
        {
            "store_id": store_id,
            "target": predictions["target"],
            "series_level": LEVEL,
            **{name: predictions[name] for name in ("series_key", "model_name", "kind")},
            "cutoff_date": predictions["cutoff_date"].astype("datetime64[s]").astype(DATE),
            "forecast_date": ends.astype("datetime64[s]").astype(DATE),
            "period_days": predictions["period_days"].astype(int),
            "horizon_days": predictions["period_days"].astype(int),
            **{name: predictions[name].round(DECIMALS) for name in ("forecast", *BANDS)},
            "is_champion": predictions["is_champion"],
            **origin,
        }
    )
