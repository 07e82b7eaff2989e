"""Deliveries that come again, overlap or contradict themselves, and the ledger that tells of them."""

from __future__ import annotations

import gzip
from decimal import Decimal

import pytest

from ingestion import FilesRefusedError, load
from tests.ingestion.conftest import ITEMS, RETAIL, item, sale

COUNTS = "rows_read, rows_loaded, rows_rejected, duplicate_rows, rows_inserted, rows_updated"


def test_the_same_file_twice_changes_nothing(deliver, select):
    content = ITEMS + item(1) + item(2, quantity="x")
    first = deliver("order_items.csv", content)
    before = [select(f"* from raw_shop.{table}") for table in ("order_items", "rejected_rows", "loads")]

    again = deliver("order_items.csv", content)

    assert again.is_already_loaded
    assert not first.is_already_loaded
    assert (again.load_id, again.rows_loaded, again.rows_rejected) == (1, 1, 1)
    assert [select(f"* from raw_shop.{table}") for table in ("order_items", "rejected_rows", "loads")] == before


@pytest.mark.parametrize("source", ["shop", "online_retail"])
def test_the_same_content_under_another_name_or_compressed_changes_nothing(deliver, select, source):
    content = ITEMS + item(1) if source == "shop" else RETAIL + sale(1)
    table = "order_items" if source == "shop" else "online_retail"
    deliver(f"{table}.csv", content, source)

    assert deliver(f"{table}_again.csv", content, source).is_already_loaded
    assert deliver(f"{table}_zipped.csv.gz", gzip.compress(content.encode()), source).is_already_loaded
    assert select(f"count(*) from raw_{source}.{table}") == [(1,)]


def test_a_later_delivery_updates_known_rows_and_adds_new_ones(deliver, select):
    deliver("order_items_1.csv", ITEMS + item(1) + item(2) + item(3))

    report = deliver("order_items_2.csv", ITEMS + item(2, quantity=9) + item(3) + item(4))

    assert (report.rows_loaded, report.rows_inserted, report.rows_updated) == (3, 1, 1)
    # a row that came again as it was is not written again
    assert select("item_id, quantity, _load_id, _line from raw_shop.order_items order by item_id") == [
        ("1", 2, 1, 2),
        ("2", 9, 2, 2),
        ("3", 2, 1, 4),
        ("4", 2, 2, 4),
    ]


def test_a_value_that_was_taken_away_becomes_null(deliver, select):
    header = "store_id,customer_id,email,registration_date,country,region,city,age_group,customer_segment\n"
    deliver("customers_1.csv", header + "a,1,x@y.z,2024-01-05,DE,,,,\n")

    deliver("customers_2.csv", header + "a,1,,2024-01-05,DE,,,,\n")

    assert select("email, country from raw_shop.customers") == [(None, "DE")]


@pytest.mark.parametrize("is_first", [True, False])
def test_repeated_rows_of_a_file_are_counted_and_contradicting_ones_rejected(deliver, rejected, select, is_first):
    if not is_first:
        deliver("order_items_0.csv", ITEMS + item(0) + item(1, quantity=7))
    rows = [item(1), item(2), item(1), item(1, total="5.0"), item(2, quantity=3, product='"p\nq"'), item(1, price="9")]

    report = deliver("order_items.csv", ITEMS + "".join(rows) + item(5, quantity="x"))

    assert (report.rows_read, report.rows_loaded, report.rows_rejected, report.duplicate_rows) == (7, 2, 3, 2)
    assert rejected() == {
        6: ("product_id, quantity", "line 3 has the same key and is kept: "
            'product_id is "p\\nq" here and "p" there, quantity is "3" here and "2" there'),
        8: ("unit_price", 'line 2 has the same key and is kept: unit_price is "9.0000" here and "2.5000" there'),
        9: ("quantity", "'x' is not a whole number from -1000000 to 1000000"),
    }  # fmt: skip
    assert select("raw_text from raw_shop.rejected_rows where line_number = 6") == [('a,2,1,"p\nq",3,2.50,5.00',)]
    found = select(f"item_id, quantity from raw_shop.order_items where _load_id = {report.load_id} order by 1")
    assert found == [("1", 2), ("2", 2)]


def test_a_key_may_repeat_over_stores(deliver, select):
    deliver("order_items.csv", ITEMS + item(1, store="a") + item(1, store="b"))

    assert select("count(*) from raw_shop.order_items") == [(2,)]


def test_new_content_under_a_known_name_replaces_the_rows_of_that_file_where_there_is_no_key(deliver, select):
    deliver("may.csv", RETAIL + sale(1) + sale(1) + sale(2), source="online_retail")
    deliver("june.csv", RETAIL + sale(3), source="online_retail")

    deliver("may.csv.gz", gzip.compress((RETAIL + sale(1) + sale(4)).encode()), source="online_retail")

    codes = "stockcode from raw_online_retail.online_retail order by 1"
    assert select(codes) == [("1",), ("3",), ("4",)]
    assert select("load_id, replaced_by_load_id from raw_online_retail.loads order by 1") == [
        (1, 3),
        (2, None),
        (3, None),
    ]


def test_a_replaced_content_may_come_back(deliver, select):
    old, new = RETAIL + sale(1) + sale(2), RETAIL + sale(3)
    for content in (old, new, old):
        assert not deliver("may.csv", content, source="online_retail").is_already_loaded

    assert select("stockcode from raw_online_retail.online_retail order by 1") == [("1",), ("2",)]
    assert select("load_id, replaced_by_load_id from raw_online_retail.loads order by 1") == [(1, 2), (2, 3), (3, None)]


def test_two_files_of_one_name_do_not_replace_each_other_in_silence(warehouse, tmp_path, select):
    for place, number in (("a", 1), ("b", 2)):
        (tmp_path / place).mkdir()
        (tmp_path / place / "may.csv").write_text(RETAIL + sale(number))

    with pytest.raises(FilesRefusedError, match=r"b/may.csv: another file of this name"):
        load(warehouse, "online_retail", [tmp_path])

    assert select("stockcode from raw_online_retail.online_retail") == [("1",)]


def test_equal_lines_without_a_key_are_all_kept(deliver):
    report = deliver("may.csv", RETAIL + sale(1) + sale(1), source="online_retail")

    assert (report.rows_loaded, report.duplicate_rows) == (2, 0)


def test_the_ledger_adds_up_to_what_the_tables_hold(deliver, select):
    reports = [
        deliver("order_items_1.csv", ITEMS + item(1) + item(1) + item(2) + item(3, price="")),
        deliver("order_items_2.csv", ITEMS + item(2, quantity=4) + item(5) + "\n"),
    ]

    ledger = select(f"{COUNTS} from raw_shop.loads order by load_id")
    assert ledger == [(4, 2, 1, 1, 2, 0), (2, 2, 0, 0, 1, 1)]
    assert ledger == [tuple(getattr(report, name) for name in COUNTS.split(", ")) for report in reports]
    assert select("count(*) from raw_shop.order_items") == [(sum(counts[4] for counts in ledger),)]
    assert select("count(*) from raw_shop.rejected_rows") == [(sum(counts[2] for counts in ledger),)]
    assert select("count(distinct file_hash), min(length(file_hash)), min(seconds) > 0 from raw_shop.loads") == [
        (2, 64, True)
    ]


def test_a_time_without_an_offset_is_read_in_the_zone_of_its_table(deliver, select):
    summer, winter = sale(1, at="2011-07-01 10:00:00"), sale(2, at="2011-01-01 10:00")
    told = sale(3, at="2011-07-01T10:00:00.5+02:00")

    deliver("may.csv", RETAIL + summer + winter + told, source="online_retail")

    assert select("to_char(invoicedate at time zone 'UTC', 'HH24:MI:SS.MS') from raw_online_retail.online_retail") == [
        ("09:00:00.000",),
        ("10:00:00.000",),
        ("08:00:00.500",),
    ]


def test_money_is_exact(deliver, select):
    deliver("order_items.csv", ITEMS + "".join(item(n, total="0.1") for n in range(1000)))

    assert select("sum(total_price) from raw_shop.order_items") == [(Decimal("100.0000"),)]
