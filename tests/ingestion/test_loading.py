"""Deliveries that repeat, overlap or contradict each other, the versions that they leave, and the ledger."""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from decimal import Decimal

import pytest

from ingestion import FilesRefusedError, create, load, read_source
from ingestion.tables import lock_loads
from tests.ingestion.conftest import ITEMS, RETAIL, item, sale

COUNTS = "rows_read, rows_loaded, rows_rejected, duplicate_rows, rows_inserted, rows_updated, rows_closed"
WRITTEN = ("raw_shop.order_items", "raw_ingestion.rejected_rows", "raw_ingestion.loads")


def test_the_same_file_twice_changes_nothing(deliver, select):
    content = ITEMS + item(1) + item(2, quantity="x")
    first = deliver("order_items.csv", content)
    before = [select(f"* from {table}") for table in WRITTEN]

    again = deliver("order_items.csv", content)

    assert again.is_already_loaded
    assert not first.is_already_loaded
    assert (again.load_id, again.rows_loaded, again.rows_rejected) == (1, 1, 1)
    assert [select(f"* from {table}") for table in WRITTEN] == before


@pytest.mark.parametrize("source", ["shop", "online_retail"])
def test_the_same_content_under_another_name_or_compressed_changes_nothing(deliver, select, source):
    content = ITEMS + item(1) if source == "shop" else RETAIL + sale(1)
    table = "order_items" if source == "shop" else "online_retail"
    deliver(f"{table}.csv", content, source)

    assert deliver(f"{table}_again.csv", content, source).is_already_loaded
    assert deliver(f"{table}_zipped.csv.gz", gzip.compress(content.encode()), source).is_already_loaded
    assert select(f"count(*) from raw_{source}.{table}") == [(1,)]


def test_a_changed_row_keeps_both_versions_and_an_equal_row_stays_as_it_is(deliver, select):
    deliver("order_items_1.csv", ITEMS + item(1) + item(2) + item(3))

    report = deliver("order_items_2.csv", ITEMS + item(2, quantity=9) + item(3) + item(4))

    assert (report.rows_loaded, report.rows_inserted, report.rows_updated) == (3, 1, 1)
    versions = "item_id, quantity, _load_id, _line, _replaced_by_load_id"
    assert select(f"{versions} from raw_shop.order_items order by item_id, _load_id") == [
        ("1", 2, 1, 2, None),
        ("2", 2, 1, 3, 2),
        ("2", 9, 2, 2, None),
        ("3", 2, 1, 4, None),
        ("4", 2, 2, 4, None),
    ]


def test_versions_of_a_row_follow_each_other_without_a_gap(deliver, select):
    for number, quantity in enumerate((1, 2, 2, 1)):
        deliver(f"order_items_{number}.csv", ITEMS + item(1, quantity=quantity) + item(2, order=number))

    assert select(
        "quantity, _load_id, _replaced_by_load_id from raw_shop.order_items where item_id = '1' order by 2"
    ) == [
        (1, 1, 2),
        (2, 2, 4),
        (1, 4, None),
    ]


def test_a_text_key_is_the_same_with_blanks_around_it_and_is_stored_as_delivered(deliver, rejected, select):
    deliver("order_items_1.csv", ITEMS + item(" 1") + item("2 "))

    report = deliver(
        "order_items_2.csv", ITEMS + item("1 ") + item(2, quantity=3) + item(" 2 ", quantity=3) + item("2", quantity=4)
    )

    assert (report.rows_inserted, report.rows_updated, report.duplicate_rows, report.rows_rejected) == (0, 1, 1, 1)
    assert rejected()[5] == (
        "quantity",
        'line 3 has the same key and is kept: quantity is "4.0000" here and "3.0000" there',
    )
    assert select("item_id, quantity, _replaced_by_load_id from raw_shop.order_items order by _load_id, _line") == [
        (" 1", 2, None),
        ("2 ", 2, 2),
        ("2", 3, None),
    ]


def test_a_value_that_was_taken_away_becomes_null(deliver, select):
    header = "store_id,customer_id,email,registration_date,country,region,city,age_group,customer_segment\n"
    deliver("customers_1.csv", header + "a,1,x@y.z,2024-01-05,DE,,,,\n")

    deliver("customers_2.csv", header + "a,1,,2024-01-05,DE,,,,\n")

    assert select("email, country from raw_shop.customers where _replaced_by_load_id is null") == [(None, "DE")]


@pytest.mark.parametrize("is_first", [True, False])
def test_repeated_rows_of_a_file_are_counted_and_contradicting_ones_rejected(deliver, rejected, select, is_first):
    if not is_first:
        deliver("order_items_0.csv", ITEMS + item(0) + item(1, quantity=7))
    rows = [item(1), item(2), item(1), item(1, total="5.0"), item(2, quantity=3, product='"p\nq"'), item(1, price="9")]

    report = deliver("order_items.csv", ITEMS + "".join(rows) + item(5, quantity="x"))

    assert (report.rows_read, report.rows_loaded, report.rows_rejected, report.duplicate_rows) == (7, 2, 3, 2)
    assert rejected() == {
        6: ("product_id, quantity", "line 3 has the same key and is kept: "
            'product_id is "p\\nq" here and "p" there, quantity is "3.0000" here and "2.0000" there'),
        8: ("unit_price", 'line 2 has the same key and is kept: unit_price is "9.0000" here and "2.5000" there'),
        9: ("quantity", "'x' is not a number from -1000000 to 1000000 with at most 4 digits after the point"),
    }  # fmt: skip
    assert select("raw_text from raw_ingestion.rejected_rows where line_number = 6") == [('a,2,1,"p\nq",3,2.50,5.00',)]
    found = select(f"item_id, quantity from raw_shop.order_items where _load_id = {report.load_id} order by 1")
    assert found == [("1", 2), ("2", 2)]


def test_a_key_may_repeat_over_stores(deliver, select):
    deliver("order_items.csv", ITEMS + item(1, store="a") + item(1, store="b"))

    assert select("count(*) from raw_shop.order_items") == [(2,)]


def test_new_content_under_a_known_name_replaces_the_rows_of_that_file_where_there_is_no_key(deliver, select):
    deliver("may.csv", RETAIL + sale(1) + sale(1) + sale(2), source="online_retail")
    deliver("june.csv", RETAIL + sale(3), source="online_retail")

    deliver("may.csv.gz", gzip.compress((RETAIL + sale(1) + sale(4)).encode()), source="online_retail")

    codes = "stockcode, _load_id, _line, _replaced_by_load_id from raw_online_retail.online_retail order by 2, 3"
    assert select(codes) == [("1", 1, 2, None), ("1", 1, 3, 3), ("2", 1, 4, 3), ("3", 2, 2, None), ("4", 3, 3, None)]
    assert select("load_id, replaced_by_load_id from raw_ingestion.loads order by 1") == [
        (1, 3),
        (2, None),
        (3, None),
    ]


def test_a_replaced_content_may_come_back(deliver, select):
    old, new = RETAIL + sale(1) + sale(2), RETAIL + sale(3)
    for content in (old, new, old):
        assert not deliver("may.csv", content, source="online_retail").is_already_loaded

    codes = "stockcode, _load_id from raw_online_retail.online_retail where _replaced_by_load_id is null order by 1"
    assert select(codes) == [("1", 3), ("2", 3)]
    assert select("load_id, replaced_by_load_id from raw_ingestion.loads order by 1") == [(1, 2), (2, 3), (3, None)]


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

    ledger = select(f"{COUNTS} from raw_ingestion.loads order by load_id")
    assert ledger == [(4, 2, 1, 1, 2, 0, 0), (2, 2, 0, 0, 1, 1, 0)]
    assert ledger == [tuple(getattr(report, name) for name in COUNTS.split(", ")) for report in reports]
    current = "count(*) from raw_shop.order_items where _replaced_by_load_id is null"
    assert select(current) == [(sum(counts[4] for counts in ledger),)]
    assert select("count(*) from raw_ingestion.rejected_rows") == [(sum(counts[2] for counts in ledger),)]
    assert select("count(distinct file_hash), min(length(file_hash)), min(seconds) > 0 from raw_ingestion.loads") == [
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


def test_an_export_that_grows_only_adds_its_new_rows(deliver, select):
    days = [sale(1) + sale(2), sale(2) + sale(2), sale(3)]
    for count in (1, 2, 3):
        report = deliver("may.csv", RETAIL + "".join(days[:count]), source="online_retail")

    assert (report.rows_loaded, report.rows_inserted, report.rows_closed) == (5, 1, 0)
    rows = "stockcode, _load_id, _line from raw_online_retail.online_retail where _replaced_by_load_id is null"
    assert select(f"{rows} order by 2, 3") == [("1", 1, 2), ("2", 1, 3), ("2", 2, 4), ("2", 2, 5), ("3", 3, 6)]
    assert select("count(*) from raw_online_retail.online_retail") == [(5,)]


def test_a_line_that_is_gone_from_a_file_is_closed_and_files_of_other_names_are_left_alone(deliver, select):
    deliver("may.csv", RETAIL + sale(1) + sale(2) + sale(2), source="online_retail")
    deliver("june.csv", RETAIL + sale(2), source="online_retail")

    report = deliver("may.csv", RETAIL + sale(2) + sale(1), source="online_retail")

    assert (report.rows_loaded, report.rows_inserted, report.rows_closed) == (2, 0, 1)
    closed = "stockcode, _load_id, _line from raw_online_retail.online_retail where _replaced_by_load_id = 3"
    assert select(closed) == [("2", 1, 4)]


def test_a_header_alone_closes_all_rows_of_the_file(deliver, select):
    deliver("may.csv", RETAIL + sale(1) + sale(2), source="online_retail")

    assert deliver("may.csv", RETAIL, source="online_retail").rows_closed == 2
    assert select("count(*) from raw_online_retail.online_retail where _replaced_by_load_id is null") == [(0,)]


def test_equal_lines_without_a_value_are_equal(deliver):
    deliver("may.csv", RETAIL + sale(1, name="", customer=""), source="online_retail")

    report = deliver("may.csv", RETAIL + sale(1, name="", customer="") + sale(2), source="online_retail")

    assert (report.rows_inserted, report.rows_closed) == (1, 0)


def test_loads_of_all_sources_are_numbered_together(deliver, select):
    numbers = [
        deliver("order_items_1.csv", ITEMS + item(1)).load_id,
        deliver("may.csv", RETAIL + sale(1), source="online_retail").load_id,
        deliver("order_items_2.csv", ITEMS + item(2)).load_id,
    ]

    assert numbers == [1, 2, 3]
    assert select("source_name, load_id, table_name from raw_ingestion.loads order by load_id") == [
        ("shop", 1, "order_items"),
        ("online_retail", 2, "online_retail"),
        ("shop", 3, "order_items"),
    ]
    assert select("_load_id from raw_online_retail.online_retail") == [(2,)]


def test_a_load_waits_for_one_of_another_source_so_that_numbers_are_visible_in_order(warehouse, deliver, select):
    create(warehouse, read_source("online_retail"))
    deliver("order_items_1.csv", ITEMS + item(1))
    with ThreadPoolExecutor() as pool, warehouse.connect() as other:
        lock_loads(other)
        waiting = pool.submit(deliver, "may.csv", RETAIL + sale(1), source="online_retail")
        with pytest.raises(FutureTimeoutError):
            waiting.result(timeout=1)
        assert select("max(load_id) from raw_ingestion.loads") == [(1,)]
        other.commit()

        assert waiting.result(timeout=30).load_id == 2


REPLACING = """
sources:
  - name: market
    tables:
      - name: sales
        config: {{meta: {{file: sales.csv, {key}replaces: {replaces}}}}}
        columns:
          - {{name: order_id, data_type: text}}
          - {{name: line, data_type: integer}}
          - {{name: amount, data_type: integer}}
"""


@pytest.fixture
def replacing(warehouse, tmp_path):
    """``replacing(key)(name, rows)``: load rows into a table in which a file replaces its orders."""

    def declare(key: str):
        path = tmp_path / "market" / "_market__sources.yml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(REPLACING.format(key=key, replaces="order_id"))
        source = read_source("market", tmp_path)

        def write_and_load(name: str, rows: str):
            (tmp_path / name).write_text("order_id,line,amount\n" + rows)
            (report,) = load(warehouse, source, [tmp_path / name])
            return report

        return write_and_load

    return declare


CURRENT_SALES = (
    "order_id, line, amount, _load_id from raw_market.sales where _replaced_by_load_id is null order by 1, 2, 4"
)


@pytest.mark.parametrize("key", ["key: [order_id, line], ", ""])
def test_a_file_replaces_its_orders_whatever_file_brought_them(replacing, select, key):
    deliver = replacing(key)
    deliver("sales_1.csv", "A,1,10\nA,2,20\nB,1,5\n")
    deliver("sales_2.csv", "C,1,7\n")

    report = deliver("sales_3.csv", "A ,2,20\nD,1,1\n" if key else "A,2,20\nD,1,1\n")

    assert (report.rows_loaded, report.rows_inserted, report.rows_updated, report.rows_closed) == (2, 1, 0, 1)
    assert select(CURRENT_SALES) == [("A", 2, 20, 1), ("B", 1, 5, 1), ("C", 1, 7, 2), ("D", 1, 1, 3)]
    assert select("order_id, line, _replaced_by_load_id from raw_market.sales where _replaced_by_load_id > 0") == [
        ("A", 1, 3)
    ]
    assert select("count(*) from raw_ingestion.loads where replaced_by_load_id is not null") == [(0,)]


def test_equal_lines_of_a_replaced_order_are_matched_one_by_one(replacing, select):
    deliver = replacing("")
    deliver("sales_1.csv", "A,1,10\nA,1,10\nB,1,10\n")

    report = deliver("sales_2.csv", "A,1,10\nA,1,10\nA,1,10\nA,2,1\n")

    assert (report.rows_inserted, report.rows_closed) == (2, 0)
    assert [row[3] for row in select(CURRENT_SALES)] == [1, 1, 2, 2, 1]


def test_a_changed_row_of_a_replaced_order_is_an_update_and_its_new_keys_need_no_known_ones(replacing, select):
    deliver = replacing("key: [order_id, line], ")
    deliver("sales_1.csv", "A,1,10\nA,2,20\nB,1,5\n")

    report = deliver("sales_2.csv", "A,1,11\n")
    assert (report.rows_inserted, report.rows_updated, report.rows_closed) == (0, 1, 1)

    report = deliver("sales_3.csv", "A,7,70\n")
    assert (report.rows_inserted, report.rows_updated, report.rows_closed) == (1, 0, 1)
    assert select(CURRENT_SALES) == [("A", 7, 70, 3), ("B", 1, 5, 1)]


def test_a_row_without_what_it_replaces_is_rejected(replacing, select):
    assert replacing("")("sales_1.csv", ",1,10\nA,1,1\n").rows_rejected == 1
    assert select("column_name, reason from raw_ingestion.rejected_rows") == [
        ("order_id", "'' where a value is required")
    ]
