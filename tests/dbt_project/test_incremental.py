"""Tables that follow deliveries hold, after any number of them, what a build from nothing would hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import ingestion
import seeds_generator
from warehouse import Warehouse

EVERYTHING_BUT_PREDICTIONS = ("--exclude", "source:ml+", "resource_type:unit_test")
FOLLOWERS = ("int_customer_days+", "int_customers_totalled+", "int_customer_places+", "int_country_days+")
INVOICES = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
SOLD = "536365,85123A,LANTERN,{quantity},2010-12-01 08:26:00,2.55,17850,United Kingdom\n"
CANCELLED = "C536366,85123A,LANTERN,-6,2010-12-01 09:00:00,2.55,17850,United Kingdom\n"
LATER = "536400,POST,POSTAGE,1,2010-12-03 09:00:00,15.00,17851,EIRE\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> dict[str, pd.DataFrame]:
    """The files of half a year of a small shop, as text."""
    folder = tmp_path_factory.mktemp("shop")
    parameters = seeds_generator.Parameters(
        store=seeds_generator.find_store("harbour"),
        customers=80, products=25, orders=600, years=1, until=date(2025, 6, 30),
    )  # fmt: skip
    seeds_generator.write(parameters, folder)
    return {file.stem: pd.read_csv(file, dtype=str, keep_default_na=False) for file in folder.glob("*.csv")}


@pytest.fixture(scope="module")
def deliver(tmp_path_factory) -> Callable[..., None]:
    """``deliver(warehouse, "shop", orders=frame, ...)``: these rows come as files of that source."""

    def load(warehouse: Warehouse, source: str, **tables: pd.DataFrame | str) -> None:
        folder: Path = tmp_path_factory.mktemp("delivery")
        for name in ("customers", "products", "orders", "order_items", "order_adjustments", "online_retail"):
            if name in tables:
                content = tables[name]
                text = content if isinstance(content, str) else content.to_csv(index=False)
                (folder / f"{name}.csv").write_text(text)
                ingestion.load(warehouse, source, [folder / f"{name}.csv"])

    return load


@pytest.fixture(scope="module")
def followed(new_warehouse, shop, deliver, run_dbt) -> Iterator[Warehouse]:
    """Three deliveries, each followed by a build: what is late, what changes and what goes is among them."""
    orders, items, adjustments = shop["orders"], shop["order_items"], shop["order_adjustments"]
    customers, products = shop["customers"], shop["products"]
    late = orders["order_id"].isin(orders["order_id"].iloc[50:60])
    first = (orders["ordered_at"] < "2025-05-01") & ~late
    second = (orders["ordered_at"] < "2025-06-15") & ~first & ~late

    def of(frame: pd.DataFrame, which: pd.Series) -> pd.DataFrame:
        return frame[frame["order_id"].isin(orders.loc[which, "order_id"])]

    with new_warehouse() as warehouse:
        for name in ingestion.list_sources():
            ingestion.create(warehouse, ingestion.read_source(name))
        # some of who ordered and of what was ordered is not listed yet
        deliver(
            warehouse, "shop", customers=customers.iloc[5:], products=products.iloc[2:], orders=orders[first],
            # the lines of one order come before it
            order_items=pd.concat([of(items, first), of(items, late).head(3)]),
            order_adjustments=of(adjustments, first),
        )  # fmt: skip
        run_dbt(warehouse, "build", *EVERYTHING_BUT_PREDICTIONS)

        changed = orders[first].iloc[:6].copy()
        changed.iloc[0, changed.columns.get_loc("ordered_at")] = orders["ordered_at"].iloc[20]  # another day
        changed.iloc[1, changed.columns.get_loc("status")] = "cancelled"
        changed.iloc[2, changed.columns.get_loc("customer_id")] = ""
        dearer = of(items, first).iloc[[8]].assign(quantity="9", total_price="90.00", unit_price="10.00")
        moved = of(items, first).iloc[[30]].assign(order_id=orders.loc[first, "order_id"].iloc[40])
        deliver(
            warehouse, "shop", orders=pd.concat([orders[second], changed]),
            products=products.assign(price="5.00").replace({"category": {products["category"].iloc[4]: "Moved"}}),
            customers=customers.replace({"country": {customers["country"].iloc[7]: "Atlantis"}}),
            order_items=pd.concat([of(items, second), dearer, moved]), order_adjustments=of(adjustments, second),
        )  # fmt: skip
        # a store of which nothing was known
        deliver(warehouse, "online_retail", online_retail=INVOICES + SOLD.format(quantity=6) + CANCELLED)
        # a build that does not come to its end: what follows the orders is two deliveries behind in the next
        run_dbt(warehouse, "build", *EVERYTHING_BUT_PREDICTIONS, *FOLLOWERS)

        rest = ~first & ~second
        deliver(
            warehouse, "shop", orders=orders[rest], order_items=of(items, rest), order_adjustments=of(adjustments, rest)
        )
        # the file comes again and holds no cancellation any more: what was cancelled is sold
        deliver(warehouse, "online_retail", online_retail=INVOICES + SOLD.format(quantity=6) + LATER)
        gone = orders.loc[second, "order_id"].iloc[:3].tolist()
        ordered = (
            orders.loc[first & (orders["customer_id"] != ""), "customer_id"].drop_duplicates().iloc[20:22].tolist()
        )
        without_their_rows = orders.loc[second, "order_id"].iloc[10:14].tolist()
        with warehouse.connect() as connection:
            for table in ("orders", "order_items", "order_adjustments"):
                connection.execute(f"delete from raw_shop.{table} where order_id = any(%s)", (gone,))
            connection.execute("delete from raw_shop.orders where order_id = any(%s)", (without_their_rows,))
            connection.execute("delete from raw_shop.order_items where item_id = %s", (items["item_id"].iloc[12],))
            # one customer is left without an order, another without a row in the list
            for table in ("order_items", "order_adjustments", "orders"):
                orders_of = "select order_id from raw_shop.orders where customer_id = %s"
                connection.execute(f"delete from raw_shop.{table} where order_id in ({orders_of})", (ordered[0],))
            connection.execute("delete from raw_shop.customers where customer_id = %s", (ordered[1],))
            connection.execute("insert into intermediate.incremental_builds values ('int_of_an_older_release', '', 0)")
            # as if the model's description had been another
            connection.execute("comment on table intermediate.int_customer_days is 'One row per moon.'")
            connection.execute("comment on column intermediate.int_customer_days.revenue_date is null")
        # marts without what they are made from: they take what is there, and nothing is lost by it
        run_dbt(warehouse, "run", "--select", "path:dbt_project/models/marts", *EVERYTHING_BUT_PREDICTIONS)
        run_dbt(warehouse, "build", *EVERYTHING_BUT_PREDICTIONS)
        yield warehouse


def checksums(warehouse: Warehouse) -> dict[str, str]:
    """Of each table that dbt built, by name, but for the notes that increments keep."""
    with warehouse.connect() as connection:
        tables = connection.execute(
            "select format('%I.%I', table_schema, table_name) from information_schema.tables "
            "where table_schema in ('intermediate', 'marts', 'snapshots') and table_type = 'BASE TABLE' "
            "and table_name not in ('incremental_builds', 'incremental_changes')"
        ).fetchall()
        query = "select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {} as t"
        return {table: connection.execute(query.format(table)).fetchone()[0] for (table,) in tables}


def test_a_model_that_is_no_more_keeps_no_changes(followed):
    with followed.connect() as connection:
        builds = "select array_agg(model_name) from intermediate.incremental_builds"
        (models,) = connection.execute(builds).fetchone()

    assert "int_customer_days" in models
    assert "int_of_an_older_release" not in models


def test_descriptions_that_changed_are_written_to_tables_that_stay(followed):
    with followed.connect() as connection:
        query = "select obj_description(%(table)s::regclass), col_description(%(table)s::regclass, 3)"
        of_table, of_column = connection.execute(query, {"table": "intermediate.int_customer_days"}).fetchone()

    assert of_table.startswith("One row per customer and day")
    assert of_column.startswith("Calendar day")


def test_an_increment_does_not_wait_for_a_vacuum_of_its_table(followed, run_dbt):
    with followed.connect() as vacuum, followed.connect() as connection:
        connection.execute(f"alter database {followed.settings.database} set lock_timeout = '2s'")
        connection.commit()
        # what a vacuum holds
        vacuum.execute("lock table marts.fct_order_lines in share update exclusive mode")
        run_dbt(followed, "run", "--select", "fct_order_lines")
        connection.execute(f"alter database {followed.settings.database} reset lock_timeout")


def test_the_planner_knows_of_a_store_that_came_with_a_later_delivery(followed):
    statistics = "select n_distinct from pg_stats where tablename = %s and attname = 'store_id'"
    with followed.connect() as connection:
        for table in ("int_customer_days", "fct_customer_days", "fct_orders"):
            assert connection.execute(statistics, (table,)).fetchone() == (2,), table


def test_three_deliveries_with_late_changed_and_removed_rows_equal_a_full_refresh(followed, run_dbt):
    incremental = checksums(followed)
    run_dbt(followed, "build", "--full-refresh", *EVERYTHING_BUT_PREDICTIONS)

    assert checksums(followed) == incremental
    assert int(incremental["marts.fct_order_lines"].split()[0]) > 1_000


def test_a_table_that_is_made_from_one_with_older_rules_does_not_pass_for_up_to_date(followed, run_dbt):
    with followed.connect() as connection:
        older = "update intermediate.incremental_builds set rules_fingerprint = 'older' where model_name = %s"
        connection.execute(older, ("int_customer_days",))
    run_dbt(followed, "run", "--select", "fct_customer_days", "fct_order_lines")

    with followed.connect() as connection:
        recorded = connection.execute("select model_name from intermediate.incremental_builds").fetchall()
    assert ("fct_order_lines",) in recorded
    assert ("fct_customer_days",) not in recorded
