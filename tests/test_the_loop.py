"""From files to scored forecasts, end to end and small; then again, and again after being killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import ingestion
from warehouse import REPOSITORY, Warehouse

SMALL_SHOP = """
ops:
  landing__shop:
    config: {customers: 300, products: 40, orders: 2500, years: 1}
  ml__forecast_results:
    config: {earlier_origin_days: 0}
"""
# materializes single assets as the UI does: by the job that Dagster makes of all assets
SINGLE_ASSETS = """
import sys
import dagster as dg
from orchestration.definitions import defs
job = defs.resolve_implicit_global_asset_job_def()
for key in sys.argv[1:]:
    result = job.execute_in_process(asset_selection=[dg.AssetKey(key.split("/"))], raise_on_error=False)
    print(f"{key}: {result.success}", flush=True)
"""
# what bookkeeping says about the run itself
NOT_CONTENT = ("_loaded_at", "loaded_at", "seconds", "elapsed_seconds", "created_at", "table_state", "checked_at")


@dataclass
class Shop:
    """A warehouse with a landing folder and a Dagster history of its own."""

    warehouse: Warehouse
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.warehouse.settings.url,
            "TIDEMART_HOME": str(self.folder / "home"),
            "TIDEMART_LANDING": str(self.folder / "landing"),
            "DAGSTER_HOME": "",
        }

    def start(self) -> subprocess.Popen:
        (self.folder / "home").mkdir(exist_ok=True)
        (self.folder / "small.yaml").write_text(SMALL_SHOP)
        return subprocess.Popen(
            [sys.executable, "-m", "orchestration", "run", "everything", "--config", self.folder / "small.yaml"],
            cwd=REPOSITORY, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def run(self) -> str:
        process = self.start()
        out, err = process.communicate()
        assert process.returncode == 0, out + err
        return out

    def checksums(self) -> dict[str, str]:
        """One hash per table over its content, whatever the order of its rows."""
        tables = self.warehouse.read(
            "select schemaname || '.' || tablename as name from pg_tables "
            "where schemaname in ('marts', 'ml', 'intermediate', 'snapshots', 'reference') or schemaname like 'raw_%%'"
        )["name"]
        leave_out = "{" + ",".join(NOT_CONTENT) + "}"
        query = (
            "select coalesce(md5(string_agg(line, '' order by line)), 'empty') as hash "
            "from (select md5((to_jsonb(t) - %s::text[])::text) as line from {} as t) as lines"
        )
        return {name: self.warehouse.read(query.format(name), (leave_out,))["hash"].iloc[0] for name in tables}


@pytest.fixture(scope="module")
def make_shop(new_warehouse, tmp_path_factory) -> Callable[[], Shop]:
    def make(warehouse: Warehouse) -> Shop:
        return Shop(warehouse, tmp_path_factory.mktemp("shop"))

    return make


@pytest.fixture(scope="module")
def done(make_shop, new_warehouse):
    """A shop that went through the whole loop once, undisturbed."""
    with new_warehouse() as warehouse:
        shop = make_shop(warehouse)
        shop.said = shop.run()
        yield shop


def test_the_summary_says_what_was_done_and_how_good_the_forecast_is(done):
    assert re.search(r"rows +[\d,]+ read, [\d,]+ loaded, 0 rejected, 0 duplicates", done.said)
    assert re.search(r"gate +\d+ expectations met", done.said)
    assert re.search(r"dbt +\d+ models and seeds built, \d+ tests passed", done.said)
    assert re.search(r"^harbour +2025-12-30 +\w+ +EUR +[\d,]+ +[\d.]+ %", done.said, re.M)
    assert "make ui" in done.said


def test_every_layer_holds_what_the_files_brought(done):
    counts = done.warehouse.read(
        """
        select
            (select count(*) from raw_shop.orders) as raw_orders,
            (select count(*) from marts.fct_orders) as orders,
            (select count(*) from raw_shop.order_items) as raw_lines,
            (select count(*) from marts.fct_order_lines) as lines,
            (select count(*) from marts.fct_daily_revenue) as days
        """
    ).iloc[0]

    assert counts["raw_orders"] == counts["orders"] == 2500
    assert counts["raw_lines"] == counts["lines"]
    assert counts["days"] == 364  # the last day may still go on


def test_predictions_are_scored_beside_the_baselines(done):
    scores = done.warehouse.read(
        "select model_name, rmse, seasonal_naive_rmse, weekday_mean_rmse from marts.fct_forecast_accuracy "
        "where kind = 'backtest' and lead_days_bucket = 'all' and series_level = 'total' and period_days = 1"
    ).set_index("model_name")

    assert {"published", "random_forest", "gradient_boosting", "linear_regression", "seasonal_naive"} <= set(
        scores.index
    )
    assert scores["seasonal_naive_rmse"].nunique() == 1
    assert scores.loc["seasonal_naive", "rmse"] == scores["seasonal_naive_rmse"].iloc[0]


def test_the_run_stands_in_dagsters_history_with_row_counts(done, monkeypatch):
    import dagster as dg

    with dg.DagsterInstance.from_config(str(done.folder / "home" / "dagster")) as instance:
        (run,) = instance.get_runs()
        event = instance.get_latest_materialization_event(dg.AssetKey(["marts", "fct_orders"]))

    assert run.job_name == "everything"
    assert run.status == dg.DagsterRunStatus.SUCCESS
    assert event.asset_materialization.metadata["dagster/row_count"].value == 2500


def test_run_again_it_loads_nothing_and_changes_no_row(done):
    before = done.checksums()
    created = "select max(created_at) as at from ml.forecast_results"
    written = done.warehouse.read(created)["at"].iloc[0]

    said = done.run()

    assert "nothing new" in said
    assert done.checksums() == before
    assert done.warehouse.read(created)["at"].iloc[0] == written


def test_what_fails_at_the_gate_keeps_dbt_from_running_and_leaves_the_last_marts(done):
    before = done.checksums()
    relations = "select string_agg(oid::text, ' ' order by oid) from pg_class where relkind in ('r', 'v')"
    numbers = done.warehouse.read(relations).iloc[0, 0]
    with done.warehouse.connect() as connection:
        connection.execute("create table raw_shop.kept as select * from raw_shop.orders where order_id = 'O0000042'")
        connection.execute("update raw_shop.orders set ordered_at = null where order_id = 'O0000042'")

    process = done.start()
    out, err = process.communicate()

    assert process.returncode == 6, out + err
    assert "dbt build" not in out
    assert err == (
        "error: shop.orders: ordered_at_is_filled: 1 of 2,500 rows (0.04 %) are null, "
        "such as store_id harbour, order_id O0000042, ordered_at null; "
        "dbt was not run and the last marts stay as they were; `python -m ingestion check shop` says all\n"
    )
    with done.warehouse.connect() as connection:
        connection.execute(
            "update raw_shop.orders set ordered_at = kept.ordered_at "
            "from raw_shop.kept where orders.order_id = kept.order_id"
        )
        connection.execute("drop table raw_shop.kept")
    ingestion.check(done.warehouse, ingestion.read_source("shop"))  # or the record would still say failed
    assert done.checksums() == before
    assert done.warehouse.read(relations).iloc[0, 0] == numbers


def test_single_assets_leave_every_table_as_it_was(done):
    before = done.checksums()
    keys = ["reference/stores", "intermediate/int_orders", "marts/dim_stores", "marts/fct_order_lines"]
    process = subprocess.run(
        [sys.executable, "-c", SINGLE_ASSETS, *keys],
        cwd=REPOSITORY, env=done.environment, capture_output=True, text=True,
    )  # fmt: skip

    assert [line for line in process.stdout.splitlines() if line.partition(":")[0] in keys] == [
        f"{key}: True" for key in keys
    ], process.stdout + process.stderr
    assert done.checksums() == before


def test_killed_again_and_again_the_same_command_ends_with_the_same_tables(done, make_shop, new_warehouse):
    """The whole process group of the run is not killed: only the run itself, as an out-of-memory killer would."""
    signs = {
        "load": "select exists (select from pg_tables where schemaname = 'raw_shop')",
        "dbt_marts": "select exists (select from pg_tables where schemaname = 'marts' and tablename = 'fct_orders')",
        "forecast": "select exists (select from pg_tables where tablename = 'fct_product_performance')",
    }
    with new_warehouse() as warehouse:
        shop = make_shop(warehouse)
        for moment, sign in signs.items():
            process = shop.start()
            wait_until(lambda sign=sign: warehouse.read(sign).iloc[0, 0])
            time.sleep({"load": 0.3, "dbt_marts": 0, "forecast": 6}[moment])
            assert process.poll() is None, f"the run was over before it could be killed in {moment}"
            process.send_signal(signal.SIGKILL)
            process.communicate()
            wait_until(lambda: others_at_work(warehouse) == 0, seconds=10)
        shop.run()

        assert shop.checksums() == done.checksums()


def test_a_second_run_at_the_same_time_is_refused_in_one_line(done):
    with done.warehouse.lock("run"):
        process = done.start()
        _, err = process.communicate()

    assert process.returncode == 5
    assert err.startswith("error: another process holds the lock")
    assert err.count("\n") == 1


def test_a_failing_test_of_the_data_is_one_line_that_names_the_row(done):
    """The ledger says that more rows were read than it accounts for; the last forecast stays."""
    before = done.warehouse.read("select count(*) as n from ml.forecast_results")["n"].iloc[0]
    change = "update raw_ingestion.loads set rows_read = rows_read {} where load_id = 1"
    with done.warehouse.connect() as connection:
        checks = "select conname from pg_constraint where conrelid = 'raw_ingestion.loads'::regclass and contype = 'c'"
        for (name,) in connection.execute(checks).fetchall():
            connection.execute(f'alter table raw_ingestion.loads drop constraint "{name}"')
        connection.execute(change.format("+ 1"))

    process = done.start()
    out, err = process.communicate()
    with done.warehouse.connect() as connection:
        connection.execute(change.format("- 1"))

    assert process.returncode == 6, out + err
    assert "the test holds_stg_ingestion__loads" in err
    assert "load_id 1, source_name shop" in err
    assert err.count("\n") == 1
    assert done.warehouse.read("select count(*) as n from ml.forecast_results")["n"].iloc[0] == before


def test_a_file_that_cannot_be_loaded_is_one_line_that_names_it(done):
    delivery = done.folder / "landing" / "shop" / "orders_broken.csv"
    delivery.write_text("store_id,order_id\nharbour,O1\n")

    process = done.start()
    _, err = process.communicate()
    delivery.unlink()

    assert process.returncode == 3
    assert "orders_broken.csv: the column" in err
    assert err.count("\n") == 1


def others_at_work(warehouse: Warehouse) -> int:
    query = (
        "select count(*) as n from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
    )
    return warehouse.read(query)["n"].iloc[0]


def wait_until(condition, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)
