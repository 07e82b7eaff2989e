"""Incremental models hold, after any number of loads, what a full refresh would hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import ingestion
import seeds_generator
from warehouse import Warehouse

MARTS = ("--exclude", "source:ml+", "resource_type:unit_test")
UNTESTED = (*MARTS, "resource_type:test")
INVOICES = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
SOLD = "536365,85123A,LANTERN,{quantity},2010-12-01 08:26:00,2.55,17850,United Kingdom\n"
CANCELLED = "C536366,85123A,LANTERN,-6,2010-12-01 09:00:00,2.55,17850,United Kingdom\n"
LATER = "536400,POST,POSTAGE,1,2010-12-03 09:00:00,15.00,17851,EIRE\n"
MARKET = {
    "olist_customers_dataset": "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state",
    "olist_orders_dataset": "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,"
    "order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date",
    "olist_order_items_dataset": "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value",
    "olist_order_payments_dataset": "order_id,payment_sequential,payment_type,payment_installments,payment_value",
}


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
    """``deliver(warehouse, "shop", orders=frame, ...)``: these rows come as files of that source, one by one."""

    def load(warehouse: Warehouse, source: str, **files: pd.DataFrame | str) -> None:
        folder: Path = tmp_path_factory.mktemp("delivery")
        for name, content in files.items():
            text = content if isinstance(content, str) else content.to_csv(index=False)
            (folder / f"{name}.csv").write_text(text)
            ingestion.load(warehouse, source, [folder / f"{name}.csv"])

    return load


def market(**rows: list[str]) -> dict[str, str]:
    """Files of the marketplace with these rows, by the middle of their name."""
    named = {f"olist_{name}_dataset": lines for name, lines in rows.items()}
    return {name: "\n".join([MARKET[name], *lines, ""]) for name, lines in named.items()}


@pytest.fixture(scope="module")
def followed(new_warehouse, shop, deliver, run_dbt) -> Iterator[Warehouse]:
    """Three deliveries to three kinds of store, each followed by a build: late, changed, moved and removed rows."""
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
        # some customers who ordered and some products that were ordered are not listed yet
        deliver(
            warehouse, "shop", customers=customers.iloc[5:], products=products.iloc[2:], orders=orders[first],
            # the lines of one order come before it
            order_items=pd.concat([of(items, first), of(items, late).head(3)]),
            order_adjustments=of(adjustments, first),
        )  # fmt: skip
        deliver(
            warehouse, "olist",
            **market(
                customers=["c1,ann,1,santos,SP", "c2,bob,1,natal,RN"],
                orders=["o1,c1,delivered,2018-01-05 10:00:00,,,,", "o2,c2,created,2018-01-06 10:00:00,,,,"],
                order_items=["o1,1,p,s,,10.00,2.00", "o1,2,p,s,,10.00,2.00", "o2,1,q,s,,5.00,1.00"],
                order_payments=["o1,1,boleto,1,24.00"],
            ),
        )  # fmt: skip
        run_dbt(warehouse, "build", *UNTESTED)

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
        # a later payment, another status, another day, a unit at another price
        deliver(
            warehouse, "olist",
            **market(
                orders=["o2,c2,shipped,2018-01-06 10:00:00,,,,", "o1,c1,delivered,2018-01-03 10:00:00,,,,"],
                order_items=["o1,2,p,s,,12.00,2.00"],
                order_payments=["o2,1,voucher,1,6.00"],
            ),
        )  # fmt: skip
        # a build that does not come to its end: these models and all below them are two deliveries behind in the next
        run_dbt(warehouse, "build", *UNTESTED, "fct_revenue_entries+", "fct_customer_days+")

        rest = ~first & ~second
        deliver(
            warehouse, "shop", orders=orders[rest], order_items=of(items, rest), order_adjustments=of(adjustments, rest)
        )
        # the file comes again without the cancellation: what was cancelled is sold
        deliver(warehouse, "online_retail", online_retail=INVOICES + SOLD.format(quantity=6) + LATER)
        close_rows(warehouse, orders.loc[second, "order_id"], items["item_id"].iloc[12])
        # marts without the models that they read: they keep their watermark, and the next build brings them up to date
        run_dbt(warehouse, "run", "--select", "path:dbt_project/models/marts", *MARTS)
        run_dbt(warehouse, "build", *MARTS)
        yield warehouse


def close_rows(warehouse: Warehouse, orders: pd.Series, item_id: str) -> None:
    """Close rows of the shop as a load of a source that replaces whole orders does."""
    gone, without_their_rows = orders.iloc[:3].tolist(), orders.iloc[10:14].tolist()
    with warehouse.connect() as connection:
        (load_id,) = connection.execute("select max(load_id) from raw_ingestion.loads").fetchone()
        close = "update raw_shop.{} set _replaced_by_load_id = %s where _replaced_by_load_id is null and {} = any(%s)"
        for table in ("orders", "order_items", "order_adjustments"):
            connection.execute(close.format(table, "order_id"), (load_id, gone))
        connection.execute(close.format("orders", "order_id"), (load_id, without_their_rows))
        connection.execute(close.format("order_items", "item_id"), (load_id, [item_id]))


def checksums(warehouse: Warehouse) -> dict[str, str]:
    """Of each table that dbt built, by name."""
    with warehouse.connect() as connection:
        tables = connection.execute(
            "select format('%I.%I', table_schema, table_name) from information_schema.tables "
            "where table_schema in ('intermediate', 'marts', 'snapshots') and table_type = 'BASE TABLE'"
        ).fetchall()
        query = "select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {} as t"
        return {table: connection.execute(query.format(table)).fetchone()[0] for (table,) in tables}


def test_three_deliveries_with_late_changed_moved_and_removed_rows_equal_a_full_refresh(followed, run_dbt):
    incremental = checksums(followed)
    run_dbt(followed, "build", "--full-refresh", *UNTESTED)

    assert checksums(followed) == incremental
    assert int(incremental["marts.fct_order_lines"].split()[0]) > 1_000


def test_a_model_built_ahead_of_its_parents_is_brought_up_to_date_by_the_next_build(followed, deliver, shop, run_dbt):
    with followed.connect() as connection:
        sale = "select order_id from marts.fct_orders where store_id = 'harbour' and is_sale order by 1 limit 1"
        (order_id,) = connection.execute(sale).fetchone()
    orders = shop["orders"]
    deliver(followed, "shop", orders=orders[orders["order_id"] == order_id].assign(status="cancelled"))
    run_dbt(followed, "run", "--select", "int_orders", "fct_orders")  # without fct_order_lines
    query = f"select order_status, is_sale from marts.fct_orders where order_id = '{order_id}'"
    with followed.connect() as connection:
        assert connection.execute(query).fetchone() == ("cancelled", True)

    run_dbt(followed, "build", *UNTESTED)

    with followed.connect() as connection:
        assert connection.execute(query).fetchone() == ("cancelled", False)
