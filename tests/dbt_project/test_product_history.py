"""History of products from the versions in raw, and the cost of a sale on its day."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import ingestion
from warehouse import Warehouse

PRODUCTS = (
    "--select", "+fct_product_performance", "dim_product_history",
    "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious",
)  # fmt: skip
HEADERS = {
    "products": "store_id,product_id,product_name,category,brand,price,cost,stock_quantity",
    "orders": "store_id,order_id,customer_id,ordered_at,status,payment_method,total_amount,currency",
    "order_items": "store_id,item_id,order_id,product_id,quantity,unit_price,total_price",
}
CHECKSUM = "select md5(string_agg(t::text, '|' order by t::text)), count(*) from marts.{} as t"


@pytest.fixture(scope="module")
def deliver(tmp_path_factory) -> Callable[..., None]:
    """``deliver(warehouse, products=[...], orders=[...])`` loads these rows as files of source shop."""

    def load(warehouse: Warehouse, **tables: list[str]) -> None:
        folder = tmp_path_factory.mktemp("delivery")
        for name, rows in tables.items():
            lines = [HEADERS[name], *(f"harbour,{row}" for row in rows)]
            (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
        ingestion.load(warehouse, "shop", [folder])

    return load


@pytest.fixture(scope="module")
def store(new_warehouse, deliver, run_dbt) -> Iterator[Warehouse]:
    """A store whose lamp costs 2, then 3 without an order in between, then 4; built once, after all loads."""
    with new_warehouse() as warehouse:
        for name in ingestion.list_sources():
            ingestion.create(warehouse, ingestion.read_source(name))
        deliver(
            warehouse,
            products=["lamp,Lamp,Light,Acme,10,2,50", "vase,Vase,Decor,Acme,20,,5"],
            orders=[
                "o1,,2024-01-10T12:00:00Z,completed,card,20,EUR",
                "o2,,2024-01-20T12:00:00Z,completed,card,60,EUR",
            ],
            order_items=["i1,o1,lamp,2,10,20", "i2,o2,lamp,2,10,20", "i3,o2,vase,1,20,20"],
        )
        deliver(warehouse, products=["lamp,Lamp,Light,Acme,10,3,50", "vase,Vase,Decor,Acme,20,,5"])
        deliver(
            warehouse,
            products=["lamp,Lamp,Lighting,Acme,11,4,40", "vase,Vase,Decor,Acme,20,,4"],
            orders=[
                "late,,2024-01-15T12:00:00Z,completed,card,10,EUR",
                "o3,,2024-02-01T12:00:00Z,completed,card,33,EUR",
            ],
            order_items=["i4,late,lamp,1,10,10", "i5,o3,lamp,3,11,33"],
        )
        run_dbt(warehouse, "build", *PRODUCTS)
        yield warehouse


def test_a_version_is_valid_from_the_day_after_the_last_order_known_before_its_load(store):
    history = store.read(
        "select valid_from_date::text as valid_from, valid_to_date::text as valid_to, is_current, cost, category "
        "from marts.dim_product_history where product_id = 'lamp' order by 1"
    )

    assert history.to_dict("records") == [
        {"valid_from": "1995-01-01", "valid_to": "2024-01-20", "is_current": False, "cost": 2, "category": "Light"},
        {"valid_from": "2024-01-21", "valid_to": "9999-12-31", "is_current": True, "cost": 4, "category": "Lighting"},
    ]


def test_raw_keeps_a_version_that_is_valid_on_no_day(store):
    versions = store.read("select cost from raw_shop.products where product_id = 'lamp' order by _load_id")

    assert versions["cost"].tolist() == [2, 3, 4]


def test_another_stock_is_no_version_of_the_history(store, exact):
    assert exact(store, "select count(*) from raw_shop.products where product_id = 'vase'") == (2,)
    assert exact(store, "select count(*) from marts.dim_product_history where product_id = 'vase'") == (1,)
    assert exact(store, "select stock_quantity from marts.dim_products where product_id = 'vase'") == (4,)


def test_profit_uses_the_cost_of_the_day_of_the_sale(store, exact):
    """Five lamps at a cost of 2, one of them loaded late, and three at a cost of 4."""
    query = (
        "select total_sold, total_revenue, total_cost, total_profit, revenue_with_known_cost_pct, no_cost_reason "
        "from marts.fct_product_performance where product_id = '{}'"
    )

    assert exact(store, query.format("lamp")) == (8, 83, 5 * 2 + 3 * 4, 83 - 22, 100, None)
    assert exact(store, query.format("vase")) == (1, 20, None, None, 0, "not_delivered")


def test_a_rebuilt_past_day_uses_the_cost_of_then_and_leaves_marts_untouched(store, exact, run_dbt):
    tables = ("dim_products", "dim_product_history", "fct_product_performance")
    before = [exact(store, CHECKSUM.format(table)) for table in tables]

    run_dbt(store, "build", *PRODUCTS, as_of_date="2024-01-20")

    assert exact(
        store,
        "select cost, category, stock_quantity, no_stock_reason "
        "from marts_as_of_2024_01_20.dim_products where product_id = 'lamp'",
    ) == (2, "Light", None, "past_day")
    assert exact(
        store,
        "select total_sold, total_profit from marts_as_of_2024_01_20.fct_product_performance where product_id = 'lamp'",
    ) == (5, 40)
    assert [exact(store, CHECKSUM.format(table)) for table in tables] == before
