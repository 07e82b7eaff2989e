"""Stores at the edge build without a warning, and what cannot be known of them is null and not zero."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import ingestion
from warehouse import Warehouse

COLUMNS = {
    "customers": "store_id,customer_id,email,registration_date,country,region,city,age_group,customer_segment",
    "products": "store_id,product_id,product_name,category,brand,price,cost,stock_quantity",
    "orders": "store_id,order_id,customer_id,ordered_at,status,payment_method,total_amount,currency",
    "order_items": "store_id,item_id,order_id,product_id,quantity,unit_price,total_price",
    "order_adjustments": "store_id,adjustment_id,order_id,item_id,kind,amount,adjusted_at,is_date_inferred",
}
# store: its orders as (customer, time, status, quantity); each has one line of product P at 10.00
STORES = {
    "without_order": [],
    "one_order": [("a", "2024-02-29 12:00:00+01", "completed", 1)],
    "one_day": [("a", "2024-02-29 09:00:00+01", "completed", 1), ("b", "2024-02-29 21:00:00+01", "completed", 2)],
    "one_customer": [("a", f"2024-01-{day:02d} 12:00:00+01", "completed", 1) for day in range(1, 29)],
    "only_cancelled": [("a", f"2024-01-{day:02d} 12:00:00+01", "cancelled", 1) for day in range(1, 9)],
    "only_guests": [("", f"2024-12-{day:02d} 12:00:00+01", "completed", 1) for day in range(20, 32)],
    "only_returns": [("a", f"2024-01-{day:02d} 12:00:00+01", "completed", -1) for day in range(1, 9)],
    "odd_status": [
        ("a", "2024-01-01 12:00:00+01", "completed", 1),
        ("a", "2024-01-02 12:00:00+01", "lost in the post", 1),
        ("a", "2024-01-03 12:00:00+01", "completed", 1),
    ],
}


def files(folder: Path) -> list[Path]:
    """The files of all these stores; a product has a name and nothing else."""
    rows: dict[str, list[str]] = {name: [columns] for name, columns in COLUMNS.items()}
    for store, orders in STORES.items():
        rows["products"].append(f"{store},P,Thing,,,,,")
        customers = sorted({customer for customer, *_ in orders if customer})
        rows["customers"] += [f"{store},{customer},,,,,,," for customer in customers]
        for number, (customer, ordered_at, status, quantity) in enumerate(orders):
            amount = 10 * quantity
            rows["orders"].append(f"{store},o{number},{customer},{ordered_at},{status},,{amount},EUR")
            rows["order_items"].append(f"{store},i{number},o{number},P,{quantity},10,{amount}")
    for name, lines in rows.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return [folder / f"{name}.csv" for name in rows]


@pytest.fixture(scope="module")
def built(new_warehouse, run_dbt, tmp_path_factory) -> Iterator[Warehouse]:
    with new_warehouse() as warehouse:
        for name in ingestion.list_sources():
            ingestion.create(warehouse, ingestion.read_source(name))
        ingestion.load(warehouse, "shop", files(tmp_path_factory.mktemp("edge")))
        run_dbt(warehouse, "seed")
        with warehouse.connect() as connection:
            for store in STORES:
                connection.execute(
                    "insert into reference.stores "
                    "(store_id, source_name, store_name, currency, time_zone, country_code, prices_include_tax) "
                    "values (%s, 'shop', %s, 'EUR', 'Europe/Berlin', 'DE', false)",
                    (store, store),
                )
        run_dbt(warehouse, "build", "--exclude", "resource_type:seed", "resource_type:unit_test")
        yield warehouse


def test_each_store_is_there_and_only_those_with_a_complete_day_have_days(built):
    rows = built.read(
        "select stores.store_id, count(days.revenue_date) as day_count from marts.dim_stores as stores "
        "left join marts.fct_daily_revenue as days on stores.store_id = days.store_id group by 1"
    )
    days = dict(zip(rows["store_id"], rows["day_count"], strict=True))

    assert days["without_order"] == days["one_order"] == days["one_day"] == 0
    assert days["one_customer"] == 27
    assert days["only_cancelled"] == 7


def test_what_was_cancelled_or_came_back_is_no_sale(built):
    rows = built.read(
        "select store_id, sum(order_count) as orders, sum(net_revenue) as net from marts.fct_daily_revenue group by 1"
    ).set_index("store_id")

    assert rows.loc["only_cancelled", ["orders", "net"]].tolist() == [0, 0]
    assert rows.loc["only_returns", ["orders", "net"]].tolist() == [0, -70]
    assert rows.loc["only_guests", ["orders", "net"]].tolist() == [11, 110]


def test_an_order_of_an_unknown_status_counts_nowhere_and_is_named(built):
    issues = built.read("select order_id, value from marts.fct_order_issues where issue_kind = 'unknown_status'")
    days = built.read(
        "select net_revenue from marts.fct_daily_revenue where store_id = 'odd_status' order by revenue_date"
    )

    assert issues.to_dict("records") == [{"order_id": "o1", "value": "lost in the post"}]
    assert days["net_revenue"].tolist() == [10, 0]


def test_profit_and_average_order_value_are_null_where_they_cannot_be_known(built):
    products = built.read("select total_profit, total_revenue from marts.fct_product_performance")
    averages = built.read("select average_order_value from marts.fct_daily_revenue where order_count = 0")

    assert products["total_profit"].isna().all()
    assert products["total_revenue"].abs().sum() > 0
    assert averages["average_order_value"].isna().all()


def test_nobody_is_scored_who_never_bought(built):
    scored = built.read("select store_id, count(*) as customers from marts.fct_customer_rfm group by 1")

    assert dict(zip(scored["store_id"], scored["customers"], strict=True)) == {
        "one_order": 1, "one_day": 2, "one_customer": 1, "odd_status": 1,
    }  # fmt: skip
