"""Which rows are accepted, and the reasons of those that are rejected."""

from __future__ import annotations

import random

import pytest

from ingestion import load
from tests.ingestion.conftest import ITEMS, item

BROKEN = {
    "too small a part of a piece": (item(7, quantity="2.00001"), "quantity"),
    "too many pieces": (item(7, quantity=10**10), "quantity"),
    "no number": (item(7, price="NaN"), "unit_price"),
    "an exponent": (item(7, price="1e3"), "unit_price"),
    "a currency": (item(7, price="$12.50"), "unit_price"),
    "a decimal comma in quotes": (item(7, price='"12,50"'), "unit_price"),
    "a decimal comma": (item(7, price="12,50"), ""),
    "too many decimals": (item(7, total="5.00001"), "total_price"),
    "no id": (item(7, item=""), "item_id"),
    "NULL as id": (item(7, order="NULL"), "order_id"),
    "a field missing": ("a,7,1,p,2,2.50\n", ""),
    "a field more": (item(7, total="5.00,x"), ""),
    "a quote within a text": (item(7, product='p"x'), "product_id"),
    "a text after the quote": (item(7, product='"p"x'), "product_id"),
    "a NUL byte": (item(7, product="p\0x"), "product_id"),
    "a lone carriage return": (item(7, product="p\rx"), "product_id"),
}


def test_a_row_that_cannot_be_read_is_set_aside_with_line_column_and_text(deliver, select):
    good = [item(number) for number in range(100, 100 + len(BROKEN))]
    rows = [row for pair in zip(good, [row for row, _ in BROKEN.values()], strict=True) for row in pair]

    report = deliver("order_items.csv", ITEMS + "".join(rows))

    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (2 * len(BROKEN), len(BROKEN), len(BROKEN))
    found = select(
        "line_number, column_name, raw_text, file_name, table_name from raw_ingestion.rejected_rows order by 1"
    )
    for place, (kind, (row, column)) in enumerate(BROKEN.items()):
        raw_text = row.rstrip("\n").replace("\0", "\\x00")
        assert found[place] == (2 * place + 3, column or None, raw_text, "order_items.csv", "order_items"), kind


def test_the_reason_shows_the_value_and_what_was_wanted(deliver, rejected):
    deliver("order_items.csv", ITEMS + item(1, quantity="2.00001") + item(2, item="") + "a,3,1\n")

    assert rejected() == {
        2: ("quantity", "'2.00001' is not a number from -1000000 to 1000000 with at most 4 digits after the point"),
        3: ("item_id", "'' where a value is required"),
        4: ("", "too few fields: 3 instead of 7"),
    }


def test_quoted_commas_quotes_and_newlines_are_part_of_the_text(deliver, select):
    text = 'one,\n\r\n"two"\n,,three'
    quoted = '"' + text.replace('"', '""') + '"'

    report = deliver("order_items.csv", ITEMS + item(1, product=quoted) + item(2))

    assert report.rows_loaded == 2
    assert select("_line, product_id from raw_shop.order_items order by _line") == [(2, text), (6, "p")]


@pytest.mark.parametrize(
    "later",
    [
        "",
        item(8, product='"fine, in quotes"'),
        item(8, product='""'),
        item(8, product='p"'),
        item(8, product='", p"'),
        item(8, product='"open again'),
    ],
)
def test_an_unclosed_quote_swallows_no_other_row(deliver, rejected, select, later):
    others = "".join(item(number) for number in range(10, 30))

    deliver("order_items.csv", ITEMS + item(1) + item(7, product='"p') + others + later + others.replace("a,", "b,"))

    assert rejected()[3] == ("product_id", "a quote is not closed")
    found = select("count(*) filter (where store_id = 'a' and item_id::int >= 10), count(*) from raw_shop.order_items")
    assert found[0][0] == 20
    assert found[0][1] >= 41


def test_an_unclosed_quote_in_a_file_of_megabytes_costs_one_row(deliver, rejected):
    rows = [item(number) for number in range(100_000)]
    rows[3] = item(3, product='"p')

    report = deliver("order_items.csv", ITEMS + "".join(rows))

    assert (report.rows_loaded, report.rows_rejected) == (99_999, 1)
    assert list(rejected()) == [5]


def test_an_empty_field_is_null_quoted_or_not(deliver, select):
    header = "store_id,product_id,product_name,category,brand,price,cost,stock_quantity\n"

    deliver("products.csv", header + 'a,1,,"",b,,"",\n')

    assert select("product_name, category, brand, price, cost, stock_quantity from raw_shop.products") == [
        (None, None, "b", None, None, None)
    ]


def test_texts_that_are_code_elsewhere_are_stored_as_they_are(deliver, select):
    texts = ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "'); drop table x; --", "\\.", "\\N", "%s {0} $1"]

    deliver("order_items.csv", ITEMS + "".join(item(n, product=text) for n, text in enumerate(texts)))

    assert [text for (text,) in select("product_id from raw_shop.order_items order by _line")] == texts


def test_blank_lines_are_no_rows(deliver, select):
    report = deliver("order_items.csv", ITEMS + "\n" + item(1) + "\r\n\n" + item(2) + "\n\n")

    assert report.rows_read == report.rows_loaded == 2
    assert select("_line from raw_shop.order_items order by _line") == [(3,), (6,)]


def test_one_percent_broken_in_every_way_is_found_to_the_line(warehouse, tmp_path, rejected, select):
    draw = random.Random(5)
    path = tmp_path / "order_items.csv"
    truth, good, line = {}, {}, 2
    kinds = [*BROKEN.values(), (item(7, product='"p'), "product_id")]
    with path.open("w", newline="") as file:
        file.write(ITEMS)
        for number in range(20_000):
            if draw.random() < 0.01:
                row, truth[line] = draw.choice(kinds)
            else:
                text = draw.choice(["p", "p", "p", '"p, q"', '"p\nq"', "é"])
                row = item(number, product=text) if draw.random() < 0.9 else item(number)[:-1] + "\r\n"
                good[line] = str(number)
            file.write(row)
            line += row.count("\n")

    (report,) = load(warehouse, "shop", [path])

    assert (report.rows_read, report.rows_rejected, report.duplicate_rows) == (20_000, len(truth), 0)
    assert {line: column for line, (column, _) in rejected().items()} == truth
    assert dict(select("_line, item_id from raw_shop.order_items")) == good
