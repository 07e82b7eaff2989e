"""The real store, from its flat file to a published forecast: sums to the cent, each line where it belongs."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

import ingestion
from ml import forecasting
from warehouse import REPOSITORY, Warehouse


@pytest.fixture(scope="module")
def store(new_warehouse, real_file, profiles_dir, tmp_path_factory) -> Warehouse:
    file = real_file("online_retail/online_retail.csv.gz")
    with new_warehouse() as warehouse:
        for name in ingestion.list_sources():
            ingestion.create(warehouse, ingestion.read_source(name))
        ingestion.load(warehouse, "online_retail", [file])
        dbt(warehouse, profiles_dir, tmp_path_factory.mktemp("target"), "build")
        forecasting.run(warehouse)
        dbt(warehouse, profiles_dir, tmp_path_factory.mktemp("target"), "build", "--select", "source:ml+")
        yield warehouse


def dbt(warehouse: Warehouse, profiles_dir: Path, target: Path, *arguments: str) -> None:
    """Run dbt on a warehouse; every warning is an error."""
    options = ["--profiles-dir", profiles_dir, "--target-path", target]
    done = subprocess.run(
        [Path(sys.executable).with_name("dbt"), "--warn-error", *arguments, *options],
        cwd=REPOSITORY, env={**os.environ, "DATABASE_URL": warehouse.settings.url}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]


def exact(warehouse: Warehouse, query: str) -> tuple:
    """The one row of a query, money as Decimal."""
    with warehouse.connect() as connection:
        return connection.execute(query).fetchone()


def test_the_raw_sums_are_those_of_the_file(store):
    total, positive, with_customer = exact(
        store,
        """
        select
            round(sum(quantity * unitprice), 2),
            round(sum(quantity * unitprice) filter (where quantity * unitprice > 0), 2),
            round(sum(quantity * unitprice) filter (where quantity * unitprice > 0 and customerid is not null), 2)
        from raw_online_retail.online_retail
        """,
    )

    assert total == Decimal("9747747.93")
    assert positive == Decimal("10666684.54")
    assert with_customer == Decimal("8911407.90")


@pytest.mark.parametrize(
    ("line_type", "reason", "count"),
    [
        ("goods", "null", 527_792),
        ("return", "null", 8_704),
        ("fee", "null", 2_832),
        ("discount", "null", 77),
        ("excluded", "'bad_debt'", 3),
        ("excluded", "'write_off'", 1_336),
        ("excluded", "'free_of_charge'", 1_165),
    ],
)
def test_every_kind_of_line_is_told(store, line_type, reason, count):
    (found,) = exact(
        store,
        "select count(*) from marts.fct_order_lines "
        f"where line_type = '{line_type}' and excluded_reason is not distinct from {reason}",
    )

    assert found == count


def test_every_cent_of_the_file_is_in_a_mart(store):
    (counted,) = exact(
        store,
        "select sum(gross_amount - discount_amount - return_amount + fee_amount + excluded_amount) "
        "from marts.fct_order_lines",
    )

    assert round(counted, 2) == Decimal("9747747.93")


def test_guests_are_counted_as_such(store):
    (guest_lines,) = exact(store, "select count(*) from marts.fct_order_lines where customer_id is null")
    (customers,) = exact(store, "select count(*) from marts.dim_customers")

    assert guest_lines == 135_080
    assert customers == 4_372


def test_closed_saturdays_are_zeros_and_the_unfinished_last_day_is_left_out(store):
    saturdays, sold, last = exact(
        store,
        """
        select
            count(*) filter (where extract(isodow from revenue_date) = 6),
            sum(abs(net_revenue)) filter (where extract(isodow from revenue_date) = 6),
            max(revenue_date)::text
        from marts.fct_daily_revenue
        """,
    )

    assert saturdays == 53
    assert sold == 0
    assert last == "2011-12-08"


def test_the_mistaken_order_and_its_cancellation_meet_on_their_day(store):
    (net,) = exact(
        store,
        "select sum(gross_amount - return_amount) from marts.fct_order_lines where order_id in ('581483', 'C581484')",
    )

    assert net == 0


def test_every_buyer_falls_in_one_of_the_six_segments(store):
    buyers, segments = exact(store, "select count(*), count(distinct rfm_segment) from marts.fct_customer_rfm")
    (expected,) = exact(store, "select count(*) from marts.dim_customers where total_orders > 0")

    assert buyers == expected
    assert segments == 6


def test_what_is_published_beats_both_baselines(store):
    rmse, wape, naive_rmse, naive_wape, mean_rmse, mean_wape = exact(
        store,
        """
        select
            rmse, wape_rate, seasonal_naive_rmse, seasonal_naive_wape_rate, weekday_mean_rmse, weekday_mean_wape_rate
        from marts.fct_forecast_accuracy
        where kind = 'backtest' and model_name = 'published' and lead_days_bucket = 'all'
        """,
    )

    assert rmse < min(naive_rmse, mean_rmse)
    assert wape < min(naive_wape, mean_wape)


def test_closed_days_are_forecast_as_closed(store):
    (most,) = exact(
        store,
        "select max(forecast) from ml.forecast_results "
        "where kind = 'live' and is_champion and extract(isodow from forecast_date) = 6",
    )

    assert most < 500  # an open day brings about 30,000


def test_a_past_day_is_rebuilt_as_it_was_known(store, new_warehouse, profiles_dir, tmp_path):
    """With as_of_date nothing later is counted, and the days before are the same to the cent."""
    query = "select sum(net_revenue) from marts.fct_daily_revenue where revenue_date <= '2011-06-30'"
    (before,) = exact(store, query)
    try:
        dbt(store, profiles_dir, tmp_path, "build", "--vars", "{as_of_date: 2011-06-30}", "--exclude", "source:ml+")
        (after,) = exact(store, query)
        last_order, as_of, last_revenue = exact(
            store,
            "select (select max(order_date)::text from marts.fct_orders), max(as_of_date)::text, "
            "(select max(revenue_date)::text from marts.fct_daily_revenue) from marts.dim_stores",
        )
    finally:
        dbt(store, profiles_dir, tmp_path, "build", "--exclude", "source:ml+")

    assert after == before
    assert last_order == as_of == last_revenue == "2011-06-30"
