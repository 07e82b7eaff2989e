"""The marketplace of nine files: persons, quantities, payments and freight, to the cent of the files themselves."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest

NOT_CHARGED = {"canceled", "unavailable", "created"}


@pytest.fixture(scope="module")
def rows(real_file) -> Callable[[str], list[dict[str, str]]]:
    """``rows(name)``: the rows of one of the nine files, all fields as they are written."""

    def read(name: str) -> list[dict[str, str]]:
        with gzip.open(real_file(f"olist_sample/{name}.csv.gz"), "rt", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read


@pytest.fixture(scope="module")
def status_of(rows) -> dict[str, str]:
    """The word of the file for what became of each order."""
    return {order["order_id"]: order["order_status"] for order in rows("olist_orders_dataset")}


def test_all_nine_files_land_to_the_last_row(built_stores, rows):
    loads = built_stores.read(
        "select table_name, file_name, rows_loaded, rows_rejected from raw_ingestion.loads where source_name = 'olist'"
    )

    assert len(loads) == 9
    assert loads["rows_rejected"].sum() == 0
    for load in loads.itertuples():
        assert load.rows_loaded == len(rows(load.file_name.removesuffix(".csv")))
        assert built_stores.count_rows("raw_olist", load.table_name) == load.rows_loaded


def test_zip_codes_keep_their_leading_zeros(built_stores, rows):
    for table, column in [
        ("customers", "customer_zip_code_prefix"),
        ("sellers", "seller_zip_code_prefix"),
        ("geolocation", "geolocation_zip_code_prefix"),
    ]:
        in_file = [row[column] for row in rows(f"olist_{table}_dataset")]
        stored = built_stores.read(f"select {column} as zip_code from raw_olist.{table}")["zip_code"]

        assert Counter(stored) == Counter(in_file)
        assert stored.str.startswith("0").any()


def test_orders_without_lines_stay_orders(built_stores, exact):
    orders, without_lines, their_sales = exact(
        built_stores,
        """
        select count(*), count(*) filter (where line_count = 0), count(*) filter (where line_count = 0 and is_sale)
        from marts.fct_orders where store_id = 'olist'
        """,
    )

    assert orders == 8_135
    assert without_lines == 775
    assert their_sales == 0


def test_what_was_not_charged_is_cancelled_or_pending(built_stores, status_of):
    statuses = built_stores.read("select order_id, order_status from marts.fct_orders where store_id = 'olist'")

    uncharged = {status: "pending" if status == "created" else "cancelled" for status in NOT_CHARGED}
    expected = {order: uncharged.get(status, "completed") for order, status in status_of.items()}
    assert dict(zip(statuses["order_id"], statuses["order_status"], strict=True)) == expected
    counts = Counter(expected.values())
    assert counts["completed"] == 6_896
    assert counts["cancelled"] + counts["pending"] == 1_239
    assert counts["pending"] > 0


def test_a_customer_is_a_person_with_all_their_orders(built_stores, exact, rows):
    people = Counter(row["customer_unique_id"] for row in rows("olist_customers_dataset"))
    customers, unlisted, states = exact(
        built_stores,
        "select count(*), count(*) filter (where not is_listed), count(distinct region) "
        "from marts.dim_customers where store_id = 'olist' and country = 'BR'",
    )
    (orders_of_the_most_faithful,) = exact(
        built_stores,
        "select max(order_count) from (select count(*) as order_count from marts.fct_orders "
        "where store_id = 'olist' group by customer_id) as orders",
    )

    assert customers == len(people) == 8_016
    assert unlisted == 0
    assert states == 27
    assert orders_of_the_most_faithful == max(people.values())


def test_equal_rows_are_the_quantity_of_one_line(built_stores, exact, rows):
    lines = Counter(
        (item["order_id"], item["product_id"], item["seller_id"], item["price"])
        for item in rows("olist_order_items_dataset")
    )
    count, units, most = exact(
        built_stores,
        "select count(*), sum(quantity), max(quantity) from marts.fct_order_lines where store_id = 'olist'",
    )

    assert count == len(lines) == 7_606
    assert units == lines.total() == 8_365
    assert most == max(lines.values()) == 6


@pytest.mark.parametrize(("line_type", "is_charged"), [("goods", True), ("excluded", False)])
def test_lines_and_freight_tie_to_the_cent_with_the_files(built_stores, exact, rows, status_of, line_type, is_charged):
    items = [
        item
        for item in rows("olist_order_items_dataset")
        if (status_of[item["order_id"]] not in NOT_CHARGED) == is_charged
    ]
    units, amount = exact(
        built_stores,
        "select sum(quantity), sum(line_amount) from marts.fct_order_lines "
        f"where store_id = 'olist' and line_type = '{line_type}'",
    )
    (freight,) = exact(
        built_stores,
        f"select sum({'fee_amount' if is_charged else 'excluded_amount'}) from marts.fct_order_adjustments "
        "where store_id = 'olist' and adjustment_kind = 'shipping'",
    )

    assert units == len(items)
    assert amount == sum(Decimal(item["price"]) for item in items)
    assert freight == sum(Decimal(item["freight_value"]) for item in items)


def test_the_sums_of_the_files_are_the_known_ones(built_stores, exact):
    (lines,) = exact(built_stores, "select sum(line_amount) from marts.fct_order_lines where store_id = 'olist'")
    (freight,) = exact(built_stores, "select sum(amount) from marts.fct_order_adjustments where store_id = 'olist'")
    (charged,) = exact(built_stores, "select sum(total_amount) from marts.fct_orders where store_id = 'olist'")

    assert lines == Decimal("1093264.35")
    assert freight == Decimal("172288.39")
    assert charged == Decimal("1428602.81")


def test_several_payments_are_one_amount_and_the_method_that_paid_most(built_stores, rows):
    paid: dict[str, Counter] = {}
    for payment in rows("olist_order_payments_dataset"):
        paid.setdefault(payment["order_id"], Counter())[payment["payment_type"]] += Decimal(payment["payment_value"])
    assert sum(len(methods) > 1 for methods in paid.values()) == 203

    orders = built_stores.read(
        "select order_id, coalesce(payment_method, 'not_defined') as method, total_amount::text as amount "
        "from marts.fct_orders where store_id = 'olist'"
    )

    assert {row.order_id: (row.method, Decimal(row.amount)) for row in orders.itertuples()} == {
        order: (methods.most_common(1)[0][0], sum(methods.values())) for order, methods in paid.items()
    }


def test_categories_are_english_where_the_table_translates_them(built_stores, rows):
    english = {
        row["product_category_name"]: row["product_category_name_english"]
        for row in rows("product_category_name_translation")
    }
    in_file = [row["product_category_name"] for row in rows("olist_products_dataset")]
    products = built_stores.read("select category from marts.dim_products where store_id = 'olist'")["category"]

    assert Counter(products.dropna()) == Counter(english.get(name, name) for name in in_file if name)
    assert products.isna().sum() == 111
    assert products.isin(english.values()).sum() == 5_344
    assert set(products.dropna()) - set(english.values()) == {
        "pc_gamer",
        "portateis_cozinha_e_preparadores_de_alimentos",
    }
