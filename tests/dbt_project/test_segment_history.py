"""How segments are recorded build after build in the time of each store: changes, corrections, who goes and returns."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from warehouse import Warehouse

MADE = """
create schema if not exists marts;
drop table if exists marts.dim_stores, marts.fct_customer_rfm;
create table marts.dim_stores (store_id text, as_of_date date);
create table marts.fct_customer_rfm (
    store_id text, customer_id text, as_of_date date, recency_days integer, frequency_count integer,
    monetary_amount numeric(18, 4), r_score integer, f_score integer, m_score integer, rfm_segment text
);
"""
HISTORY = """
select customer_id, valid_from_date::text, valid_to_date::text, coalesce(rfm_segment, segment_unknown_reason)
from marts.dim_customer_segment_history
where store_id = %s
order by customer_id, valid_from_date
"""


@pytest.fixture(scope="module")
def recorded(new_warehouse, run_dbt):
    """Four builds of two stores: the slow one stands still; in the third build the fast one is corrected."""
    with new_warehouse() as warehouse:

        def build(day: str, **segments: str) -> None:
            with warehouse.connect() as connection:
                connection.execute(MADE)
                for store, as_of_date, members in (("fast", day, segments), ("slow", "2024-01-01", {"a": "Champions"})):
                    connection.execute("insert into marts.dim_stores values (%s, %s)", (store, as_of_date))
                    for customer, segment in members.items():
                        connection.execute(
                            "insert into marts.fct_customer_rfm values (%s, %s, %s, 0, 1, 1, 1, 1, 1, %s)",
                            (store, customer, as_of_date, segment),
                        )
            run_dbt(warehouse, "build", "--select", "snap_customer_segments+", "--exclude-resource-type", "unit_test")

        build("2024-01-10", stays="Champions", moves="Champions", corrected="At Risk", returns="At Risk")
        build("2024-01-15", stays="Champions", moves="Loyal Customers", corrected="Champions", new="Champions")
        build("2024-01-15", stays="Champions", moves="Loyal Customers", corrected="Lost Customers", new="Champions")
        build("2024-01-20", stays="Champions", moves="At Risk", returns="Champions", new="Champions")
        yield warehouse


@pytest.fixture(scope="module")
def history(recorded) -> Callable[[str], list[tuple]]:
    """``history("moves")``: the rows of a customer of the fast store, as (from, to, segment)."""

    def rows(customer: str, store: str = "fast") -> list[tuple]:
        with recorded.connect() as connection:
            return [row[1:] for row in connection.execute(HISTORY, (store,)).fetchall() if row[0] == customer]

    return rows


def test_who_stays_keeps_one_open_row(history):
    assert history("stays") == [("2024-01-10", None, "Champions")]


def test_who_moves_has_a_row_per_segment_without_a_gap(history):
    assert history("moves") == [
        ("2024-01-10", "2024-01-14", "Champions"),
        ("2024-01-15", "2024-01-19", "Loyal Customers"),
        ("2024-01-20", None, "At Risk"),
    ]


def test_a_correction_of_the_same_day_replaces_what_it_corrects(history):
    assert history("corrected")[:2] == [
        ("2024-01-10", "2024-01-14", "At Risk"),
        ("2024-01-15", "2024-01-19", "Lost Customers"),
    ]


def test_who_is_scored_no_longer_has_a_reason_and_who_returns_a_new_row(history):
    assert history("corrected")[-1] == ("2024-01-20", None, "no_order_left")
    assert history("returns") == [
        ("2024-01-10", "2024-01-14", "At Risk"),
        ("2024-01-15", "2024-01-19", "no_order_left"),
        ("2024-01-20", None, "Champions"),
    ]


def test_each_store_has_its_own_time(history):
    assert history("new") == [("2024-01-15", None, "Champions")]
    assert history("a", store="slow") == [("2024-01-01", None, "Champions")]


def test_what_is_recorded_is_recorded_once(recorded: Warehouse):
    with recorded.connect() as connection:
        rows, ids = connection.execute(
            "select count(*), count(distinct dbt_scd_id) from snapshots.snap_customer_segments"
        ).fetchone()

    assert rows == ids == 13
