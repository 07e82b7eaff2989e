"""How rows are told apart: the same wherever a block of the file happens to end."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion import Rejection, read_source
from ingestion.content import Content, match_columns
from ingestion.rows import RowReader
from tests.ingestion.conftest import ITEMS, item
from warehouse import DataError

TABLE = next(table for table in read_source("shop").tables if table.name == "order_items")
ROWS = (
    item(1)
    + item(2).replace("\n", "\r\n")
    + item(3, product='"p,\r\n""q"""').replace("5.00\n", "5.00\r\n")
    + "\r\n"
    + item(4, quantity="2.x")
    + item(5, product='"open')
    + item(6, store="", product='"p\nq"').replace("\n", "\r\n")
    + item(7, product="p\rq")
    + item(8, product="ü")
    + item(9, product='"p"q')
    + item(10, total='"5\n0"')
    + item(11).rstrip("\n")
).encode()


def read(blocks: list[bytes], header: str = ITEMS) -> tuple[bytes, list[Rejection]]:
    columns = match_columns(Path("x.csv"), TABLE, header.strip().split(","))
    rejections: list[Rejection] = []
    reader = RowReader(Content(Path("x.csv"), columns, (), 2, iter(blocks)), rejections.append)
    copied = b"".join(reader.copy_blocks(7))
    assert reader.bad_rows == len(rejections)
    return copied, rejections


def test_good_rows_are_passed_on_under_load_and_line():
    copied, rejections = read([ROWS])

    assert copied.decode() == (
        "7,2,a,1,1,p,2,2.50,5.00\n"
        "7,3,a,2,1,p,2,2.50,5.00\n"
        '7,4,a,3,1,"p,\r\n""q""",2,2.50,5.00\n'
        "7,12,a,8,1,ü,2,2.50,5.00\n"
        "7,16,a,11,1,p,2,2.50,5.00\n"
    )
    assert [(rejection.line, rejection.column) for rejection in rejections] == [
        (7, "quantity"),
        (8, "product_id"),
        (9, "store_id"),
        (11, "product_id"),
        (13, "product_id"),
        (14, "total_price"),
    ]


@pytest.mark.parametrize("block_bytes", [1, 2, 3, 7, 50])
def test_it_does_not_matter_where_a_block_ends(block_bytes):
    blocks = [ROWS[start : start + block_bytes] for start in range(0, len(ROWS), block_bytes)]

    assert read(blocks) == read([ROWS])


def test_it_does_not_matter_where_the_first_of_two_blocks_ends():
    whole = read([ROWS])

    for place in range(len(ROWS) + 1):
        assert read([ROWS[:place], ROWS[place:]]) == whole, ROWS[max(0, place - 20) : place]


def test_the_exact_name_of_a_column_comes_before_other_letter_case():
    names = ["QUANTITY", *ITEMS.strip().split(",")]

    columns = match_columns(Path("x.csv"), TABLE, names)

    assert columns[0] is None
    assert [column.name for column in columns[1:]] == names[1:]


def test_the_nearest_name_of_a_missing_column_is_one_that_is_free():
    with pytest.raises(DataError, match=r"item_id .* is missing; the nearest in the file is 'item_no'"):
        match_columns(Path("x.csv"), TABLE, ITEMS.strip().replace("item_id", "item_no").split(","))
