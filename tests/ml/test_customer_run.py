"""What a run over the customers of stores leaves in the database, and what it says where there is little to say."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pandas as pd
import pytest

from ml import customers
from ml.__main__ import main
from ml.customers.score import NOBODY_COMES_BACK
from tests.ml.customer_worlds import AS_OF, draw_world, look_at, month_ends
from warehouse import REPOSITORY, DataError, UsageError, Warehouse

EARLIER = pd.Timestamp("2024-05-31")
PREDICTIONS = """
select * from ml.forecast_results
order by store_id, target, series_key, model_name, kind, cutoff_date, period_days
"""
SCORES = "select * from ml.customer_scores order by store_id, as_of_date, customer_id"
MARTS = """
create schema marts;
create table marts.dim_stores (
    store_id text, store_name text, currency text, first_order_date date, as_of_date date
);
create table marts.fct_orders (store_id text, is_guest boolean, is_sale boolean, order_date date);
create table marts.fct_customer_rfm (store_id text, customer_id text, rfm_segment text, as_of_date date);
"""


def deliver(warehouse: Warehouse, stores: dict[str, pd.DataFrame | None]) -> None:
    """The marts hold these snapshots by store; a store with None has guests only."""
    known = {store_id: snapshots for store_id, snapshots in stores.items() if snapshots is not None}
    rows = pd.concat(
        [one.assign(store_id=store_id, is_sampled=one.get("is_sampled", True)) for store_id, one in known.items()]
    )
    rows["snapshot_date"] = rows["snapshot_date"].dt.date
    types = {"snapshot_date": "date", "is_sampled": "boolean"}
    for name, dtype in rows.drop(columns=list(types)).dtypes.items():
        types[name] = "numeric" if pd.api.types.is_numeric_dtype(dtype) else "text"
    columns = ", ".join(f"{name} {types[name]}" for name in rows)
    with warehouse.connect() as connection:
        connection.execute(f"{MARTS}create table marts.fct_customer_features ({columns})")
        for store_id in stores:
            connection.execute(
                "insert into marts.dim_stores values (%s, initcap(%s), 'EUR', '2023-01-01', %s)",
                (store_id, store_id, AS_OF.date()),
            )
            connection.execute("insert into marts.fct_orders values (%s, true, true, '2024-01-01')", (store_id,))
    warehouse.replace("marts.fct_customer_features", rows, None)


def tables(warehouse: Warehouse) -> tuple[pd.DataFrame, pd.DataFrame]:
    return tuple(warehouse.read(query).drop(columns="created_at") for query in (PREDICTIONS, SCORES))


@pytest.fixture(scope="module")
def snapshots() -> pd.DataFrame:
    return look_at(draw_world(300).purchases, month_ends(AS_OF, 7), AS_OF)


@pytest.fixture(scope="module")
def scored(new_warehouse: Callable, snapshots: pd.DataFrame) -> Iterator[tuple[Warehouse, customers.CustomerReport]]:
    """A store of 300 customers, scored as of a month end and then as of its last day."""
    with new_warehouse() as warehouse:
        deliver(warehouse, {"harbour": snapshots})
        customers.run(warehouse, as_of=EARLIER.date())
        yield warehouse, customers.run(warehouse)


def test_every_score_is_a_row_and_one_of_each_is_published(scored, snapshots):
    warehouse, report = scored

    predictions, scores = tables(warehouse)

    today = snapshots[snapshots["snapshot_date"] == AS_OF]
    live = predictions[(predictions["kind"] == "live") & (predictions["cutoff_date"] == AS_OF)]
    past = predictions[predictions["kind"] == "backtest"]
    assert len(live) + len(past) + len(today) == report.row_count == report.stores[0].rows_written
    assert sorted(scores.loc[scores["as_of_date"] == AS_OF, "customer_id"]) == sorted(today["customer_id"])
    published = live.groupby(["target", "period_days", "series_key"])["is_champion"].sum()
    assert (published == 1).all()
    assert {key[:2] for key in published.index} == {
        ("clv", 90), ("clv", 180), ("clv", 365), ("churn", report.stores[0].scores.window_days)
    }  # fmt: skip
    assert (past.groupby(["target", "period_days", "cutoff_date", "series_key"])["is_champion"].sum() == 1).all()
    assert (past["forecast_date"] <= AS_OF).all()
    assert live.loc[live["is_champion"] & (live["target"] == "clv"), "upper_80"].notna().all()


def test_a_later_run_leaves_the_live_rows_of_earlier_days(scored, new_warehouse, snapshots):
    warehouse, _ = scored
    with new_warehouse() as alone:
        deliver(alone, {"harbour": snapshots})
        customers.run(alone, as_of=EARLIER.date())
        before = tables(alone)

    after = tables(warehouse)

    for was, now, day in zip(before, after, ("cutoff_date", "as_of_date"), strict=True):
        is_live = was.get("kind", pd.Series("live", was.index)) == "live"
        kept = now[(now[day] == EARLIER) & (now.get("kind", pd.Series("live", now.index)) == "live")]
        pd.testing.assert_frame_equal(kept.reset_index(drop=True), was[is_live].reset_index(drop=True))


def test_a_second_run_works_nothing_out_and_changes_no_row(scored):
    warehouse, _ = scored
    before = warehouse.read(PREDICTIONS), warehouse.read(SCORES)

    (store,) = customers.run(warehouse).stores

    assert store.is_reused
    assert store.rows_written == 0
    pd.testing.assert_frame_equal(warehouse.read(PREDICTIONS), before[0])
    pd.testing.assert_frame_equal(warehouse.read(SCORES), before[1])


def test_another_process_with_more_threads_writes_the_same_to_the_last_digit(
    scored, new_warehouse, snapshots, tmp_path
):
    """The command line: it prints what was done, and writes pictures."""
    with new_warehouse() as other:
        deliver(other, {"harbour": snapshots})
        for day in (EARLIER, AS_OF):
            done = subprocess.run(
                [sys.executable, "-m", "ml", "customers", "--store", "harbour", "--as-of", f"{day:%Y-%m-%d}",
                 "--pictures", tmp_path],
                cwd=REPOSITORY, capture_output=True, text=True, check=True,
                env={**os.environ, "DATABASE_URL": other.settings.url, "OMP_NUM_THREADS": "4"},
            )  # fmt: skip

        again = tables(other)

    assert f"harbour, as of {AS_OF:%Y-%m-%d}" in done.stdout
    assert "1 orders by guests" in done.stdout
    assert (tmp_path / "harbour_value_90_days.html").exists()
    for was, now in zip(tables(scored[0]), again, strict=True):
        pd.testing.assert_frame_equal(now, was)


def test_stores_of_which_little_can_be_said_are_scored_as_far_as_that_goes(warehouse, snapshots):
    purchases = draw_world(120, seed=3).purchases
    once = look_at(purchases.groupby("customer_id", as_index=False).first(), month_ends(AS_OF, 7), AS_OF)
    negative = snapshots.copy()
    taken_back = negative["customer_id"].str.endswith(("1", "2"))
    amounts = [name for name in negative if "net_revenue" in name]
    negative.loc[taken_back, amounts] = -negative.loc[taken_back, amounts].abs()
    one = snapshots[snapshots["customer_id"] == snapshots["customer_id"].iloc[0]]
    deliver(warehouse, {"guests": None, "negative": negative, "once": once, "one": one})

    report = customers.run(warehouse)

    stores = {store.store_id: store for store in report.stores}
    predictions, scores = tables(warehouse)
    counts = scores.groupby("store_id").size()
    assert stores["guests"].reason == "only guests: no repeat customers are known"
    assert "guests" not in counts
    assert counts["one"] == 1
    assert scores.loc[scores["store_id"] == "one", "not_scored_reason"].notna().all()
    assert set(scores.loc[scores["store_id"] == "once", "not_scored_reason"]) == {NOBODY_COMES_BACK}
    assert set(predictions.loc[predictions["store_id"] == "once", "target"]) == {"clv"}
    assert "hardly anybody comes back" in report.text()
    assert counts["negative"] == stores["negative"].customer_count
    assert predictions["forecast"].notna().all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--store", "harbor"], "there is no store 'harbor'; did you mean harbour?"),
        (["--store", "xyz"], "there is no store 'xyz'; there are: harbour"),
        (["--as-of", "2024-05-30"], "choose a month end of the last two years or the last complete day"),
        (["--as-of", "yesterday"], "'yesterday' is not a day of the calendar"),
    ],
)
def test_a_wrong_option_is_one_line_with_what_is_allowed(scored, monkeypatch, arguments, message):
    monkeypatch.setenv("DATABASE_URL", scored[0].settings.url)

    with pytest.raises(UsageError) as error:
        main(["customers", *arguments])

    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_only_the_sample_is_trained_on_and_earlier_days_of_it_are_not_scored(warehouse, snapshots):
    is_sampled = snapshots["customer_id"].str[-1] < "5"
    sampled = snapshots[is_sampled | (snapshots["snapshot_date"] == AS_OF)]
    deliver(warehouse, {"large": sampled.assign(is_sampled=is_sampled)})

    (store,) = customers.run(warehouse).stores
    (earlier,) = customers.run(warehouse, as_of=EARLIER.date()).stores

    predictions, scores = tables(warehouse)
    past = predictions[predictions["kind"] == "backtest"]
    assert len(scores) == store.customer_count == (snapshots["snapshot_date"] == AS_OF).sum()
    assert set(past["series_key"].str[-1]) == set("01234")
    assert earlier.reason == "earlier days have a sample of its customers only"
    assert earlier.rows_written == 0


@pytest.mark.parametrize("mart", ["dim_stores", "fct_customer_features", "fct_orders", "fct_customer_rfm"])
def test_a_mart_that_is_not_there_is_named_with_its_remedy(warehouse, snapshots, mart):
    deliver(warehouse, {"harbour": snapshots})
    with warehouse.connect() as connection:
        connection.execute(f"drop table marts.{mart}")

    with pytest.raises(DataError, match=rf"^marts\.{mart} is not there; build the marts: make build$"):
        customers.run(warehouse)

    assert not warehouse.read(SCORES).size
