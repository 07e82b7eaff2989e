"""What a product was on a day, recorded delivery by delivery in the store's own time, and what a sale cost then."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import ingestion
from warehouse import Warehouse

RECORDING = ("--select", "+snap_products", "--exclude-resource-type", "test", "unit_test")
EVERYTHING = (
    "--select", "+fct_product_performance", "dim_product_history",
    "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious",
)  # fmt: skip
HEADERS = {
    "products": "store_id,product_id,product_name,category,brand,price,cost,stock_quantity",
    "orders": "store_id,order_id,customer_id,ordered_at,status,payment_method,total_amount,currency",
    "order_items": "store_id,item_id,order_id,product_id,quantity,unit_price,total_price",
}
RECORDED = "select md5(string_agg(t::text, '|' order by t::text)), count(*) from snapshots.snap_products as t"


@pytest.fixture(scope="module")
def deliver(tmp_path_factory) -> Callable[..., None]:
    """``deliver(warehouse, products=[...], orders=[...])``: these rows come in files of source shop."""

    def load(warehouse: Warehouse, **tables: list[str]) -> None:
        folder = tmp_path_factory.mktemp("delivery")
        for name, rows in tables.items():
            lines = [HEADERS[name], *(f"harbour,{row}" for row in rows)]
            (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
        ingestion.load(warehouse, "shop", [folder])

    return load


@pytest.fixture(scope="module")
def store(new_warehouse, deliver, run_dbt) -> Iterator[Warehouse]:
    """A store whose lamp costs 2, then 3 for no order at all, then 4; built after each delivery."""
    with new_warehouse() as warehouse:
        for name in ingestion.list_sources():
            ingestion.create(warehouse, ingestion.read_source(name))
        deliver(
            warehouse,
            products=["lamp,Lamp,Light,Acme,10,2,50", "vase,Vase,Decor,Acme,20,,5"],
            orders=[
                "o1,,2024-01-10T12:00:00Z,completed,card,20,EUR",
                "o2,,2024-01-20T12:00:00Z,completed,card,40,EUR",
            ],
            order_items=["i1,o1,lamp,2,10,20", "i2,o2,lamp,2,10,20", "i3,o2,vase,1,20,20"],
        )
        run_dbt(warehouse, "build", *RECORDING)
        deliver(warehouse, products=["lamp,Lamp,Light,Acme,10,3,50", "vase,Vase,Decor,Acme,20,,5"])
        run_dbt(warehouse, "build", *RECORDING)
        deliver(
            warehouse,
            products=["lamp,Lamp,Lighting,Acme,11,4,40", "vase,Vase,Decor,Acme,20,,4"],
            orders=[
                "late,,2024-01-15T12:00:00Z,completed,card,10,EUR",
                "o3,,2024-02-01T12:00:00Z,completed,card,33,EUR",
            ],
            order_items=["i4,late,lamp,1,10,10", "i5,o3,lamp,3,11,33"],
        )
        run_dbt(warehouse, "build", *EVERYTHING)
        yield warehouse


def test_a_version_counts_from_the_day_after_the_last_order_delivered_before_it(store):
    history = store.read(
        "select valid_from_date::text as valid_from, valid_to_date::text as valid_to, is_current, cost, category "
        "from marts.dim_product_history where product_id = 'lamp' order by 1"
    )

    assert history.to_dict("records") == [
        {"valid_from": "1995-01-01", "valid_to": "2024-01-20", "is_current": False, "cost": 2, "category": "Light"},
        {"valid_from": "2024-01-21", "valid_to": "9999-12-31", "is_current": True, "cost": 4, "category": "Lighting"},
    ]


def test_two_deliveries_without_an_order_in_between_are_both_recorded(store):
    recorded = store.read(
        "select cost, counts_from_date::text as counts_from, dbt_valid_to is null as is_open "
        "from snapshots.snap_products where product_id = 'lamp' order by dbt_valid_from"
    )

    assert recorded["cost"].tolist() == [2, 3, 4]
    assert recorded["counts_from"].tolist() == ["1995-01-01", "2024-01-21", "2024-01-21"]
    assert recorded["is_open"].tolist() == [False, False, True]


def test_what_did_not_change_is_not_recorded_again(store, exact):
    """Neither a smaller stock nor another delivery makes a version."""
    assert exact(store, "select count(*) from snapshots.snap_products where product_id = 'vase'") == (1,)


def test_profit_uses_the_cost_when_sold(store, exact):
    """Five lamps at a cost of 2, one of them delivered late, and three at a cost of 4."""
    query = (
        "select total_sold, total_revenue, total_cost, total_profit, revenue_with_known_cost_pct, no_cost_reason "
        "from marts.fct_product_performance where product_id = '{}'"
    )

    assert exact(store, query.format("lamp")) == (8, 83, 5 * 2 + 3 * 4, 83 - 22, 100, None)
    assert exact(store, query.format("vase")) == (1, 20, None, None, 0, "not_delivered")


def test_a_rebuilt_past_day_knows_the_cost_of_then_and_records_nothing(store, exact, run_dbt):
    before = exact(store, RECORDED)

    run_dbt(store, "build", *EVERYTHING, "--vars", "{as_of_date: 2024-01-20}")

    assert exact(store, RECORDED) == before
    assert exact(
        store,
        "select cost, category, stock_quantity, no_stock_reason from marts.dim_products where product_id = 'lamp'",
    ) == (2, "Light", None, "past_day")
    assert exact(
        store, "select total_sold, total_profit from marts.fct_product_performance where product_id = 'lamp'"
    ) == (5, 40)
