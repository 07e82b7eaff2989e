"""Files as they come: compressed, in another encoding or order, cut short, or not what they seem."""

from __future__ import annotations

import gzip
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion import FilesRefusedError, load
from ingestion.files import find_files
from tests.ingestion.conftest import ITEMS, RETAIL, item, sale
from warehouse import DataError, UsageError

CONTENT = (ITEMS + item(1) + item(2)).encode()


def zst(content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("order_items.csv", CONTENT),
        ("order_items.csv", b"\xef\xbb\xbf" + CONTENT),
        ("order_items.csv", CONTENT.replace(b"\n", b"\r\n")),
        ("order_items.csv", CONTENT.rstrip(b"\n")),
        ("order_items.CSV", CONTENT),
        ("order_items.csv.gz", gzip.compress(CONTENT, mtime=0)),
        ("order_items.csv.gz", gzip.compress(CONTENT[:90], mtime=0) + gzip.compress(CONTENT[90:], mtime=0)),
        ("order_items.csv.zst", zst(CONTENT)),
    ],
    ids=["plain", "mark", "crlf", "no last newline", "capitals", "gz", "gz in parts", "zst"],
)
def test_a_file_is_read_however_it_is_written(deliver, select, name, content):
    deliver(name, content)

    assert select("item_id, _line, total_price from raw_shop.order_items order by _line") == [
        ("1", 2, Decimal("5.00")),
        ("2", 3, Decimal("5.00")),
    ]


def test_columns_go_by_name_whatever_their_order_and_letter_case(deliver, select):
    deliver("order_items.csv", "TOTAL_PRICE,quantity,unit_price,product_id,order_id,Item_Id,store_id\n9,3,3,p,o,i,a\n")

    assert select("item_id, quantity, total_price from raw_shop.order_items") == [("i", 3, Decimal(9))]


def test_columns_that_are_not_declared_are_named_and_not_loaded(deliver, select):
    header = "note,store_id,item_id,order_id,remark,product_id,quantity,unit_price,total_price,\n"
    rows = 'x,a,1,1,"y\nz",p,1,2,2,\n"x",a,2,1,,"p,\nq",1,2,2,w\n'

    report = deliver("order_items.csv", header + rows)

    assert report.ignored_columns == ("note", "remark", "(nameless)")
    assert select("item_id, product_id, _line from raw_shop.order_items order by _line") == [
        ("1", "p", 2),
        ("2", "p,\nq", 4),
    ]


def test_a_header_alone_is_a_delivery_of_nothing(deliver, select):
    assert deliver("order_items.csv", ITEMS).rows_read == 0
    assert select("rows_read, rows_loaded from raw_ingestion.loads") == [(0, 0)]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("order_items.csv", b"", "is empty, it has not even a header"),
        ("order_items.csv.gz", gzip.compress(b"", mtime=0), "is empty"),
        ("order_items.csv.gz", gzip.compress(CONTENT, mtime=0)[:-9], "damaged, cut short or still being written"),
        ("order_items.csv.gz", CONTENT, "damaged"),
        ("order_items.csv.zst", zst(CONTENT)[:-9], "cut short"),
        ("order_items.parquet", CONTENT, "no Parquet or damaged"),
        ("order_items.csv", CONTENT.replace(b"2.50", b"2.5\xe9"), r"byte 82 \(0xe9\) is not utf-8.*--encoding"),
        ("order_items.csv", CONTENT + b"\xc3", r"byte 109 \(0xc3\) is not utf-8"),
        (
            "order_items.csv",
            CONTENT.replace(b"quantity", b"quantiti"),
            "quantity .* is missing; the nearest .*quantiti",
        ),
        ("order_items.csv", CONTENT.replace(b"quantity", b"order_id"), "'order_id' is in the header twice"),
        ("order_items.csv", CONTENT.replace(b"quantity", b"Quantity,QUANTITY"), "could all be"),
        ("order_items.csv", CONTENT.replace(b",", b";"), "seem to be separated by ';'"),
        ("order_items.csv", b"x" * 3_000_000, r"the header \(line 1\) is longer"),
        ("order_items.csv", CONTENT + b"x" * 3_000_000, "line 4 is longer than"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line_and_nothing_of_it_lands(
    deliver, select, name, content, complaint
):
    with pytest.raises(DataError, match=rf"{name}: .*{complaint}") as error:
        deliver(name, content)

    assert "\n" not in str(error.value)
    assert select("count(*) from raw_shop.order_items") == select("count(*) from raw_ingestion.loads") == [(0,)]


def test_another_encoding_is_read_when_it_is_given(deliver, select):
    content = (RETAIL + sale(1, name="CAFÉ")).encode("latin-1")

    deliver("may.csv", content, source="online_retail", encoding="latin-1")

    assert select("Description from raw_online_retail.online_retail") == [("CAFÉ",)]


@pytest.mark.parametrize("encoding", ["klingon", "hex"])
def test_an_unknown_encoding_is_refused(deliver, encoding):
    with pytest.raises(UsageError, match=encoding):
        deliver("order_items.csv", CONTENT, encoding=encoding)


def test_parquet_is_read_by_the_same_rules(warehouse, tmp_path, select, rejected):
    path = tmp_path / "order_items.parquet"
    frame = pd.DataFrame(
        {
            "store_id": pd.Categorical(["a", "a", "a", "a"]),
            "item_id": [1, 2, 3, 4],
            "order_id": ["x", "y,z", None, 'q"\n'],
            "product_id": ["p", "p", "p", "p"],
            "quantity": [1.0, 2.00001, 3.0, 4.0],
            "unit_price": [Decimal("2.50"), Decimal("2.50"), Decimal("1.00"), Decimal("0.01")],
            "total_price": [2.5, 6.25, 3.0, 0.04],
            "tags": [["a"], [], None, ["b"]],
        }
    )
    frame.to_parquet(path)

    (report,) = load(warehouse, "shop", [path])

    assert (report.rows_loaded, report.rows_rejected, report.ignored_columns) == (2, 2, ("tags",))
    assert {line: column for line, (column, _) in rejected().items()} == {2: "quantity", 3: "order_id"}
    assert select("_line, item_id, order_id, quantity, total_price from raw_shop.order_items order by _line") == [
        (1, "1", "x", 1, Decimal("2.5")),
        (4, "4", 'q"\n', 4, Decimal("0.04")),
    ]


def test_a_parquet_text_that_is_no_utf8_is_refused(warehouse, tmp_path):
    path = tmp_path / "order_items.parquet"
    names = ITEMS.strip().split(",")
    table = pa.table({name: pa.array([b"\xe9"]).view(pa.string()) for name in names})
    pq.write_table(table, path)

    with pytest.raises(DataError, match=r"order_items.parquet: a column cannot be read: .*UTF8"):
        load(warehouse, "shop", [path])


def test_times_in_parquet_keep_their_instant(warehouse, tmp_path, select):
    path = tmp_path / "may.parquet"
    at = pd.to_datetime(["2011-07-01 09:00"]).tz_localize("Asia/Tokyo")
    row = dict(zip(RETAIL.strip().split(","), sale(1).strip().split(","), strict=True))
    pq.write_table(
        pa.Table.from_pandas(pd.DataFrame([{**row, "Quantity": 1, "UnitPrice": 2.5}]).assign(InvoiceDate=at)), path
    )

    load(warehouse, "online_retail", [path])

    assert select("invoicedate = '2011-07-01 00:00Z' from raw_online_retail.online_retail") == [(True,)]


def test_a_folder_is_loaded_in_order_and_what_is_no_data_is_said(warehouse, tmp_path, select, caplog):
    (tmp_path / "order_items_2.csv").write_text(ITEMS + item(1, quantity=5))
    (tmp_path / "order_items_1.csv").write_text(ITEMS + item(1, quantity=4))
    (tmp_path / ".order_items_3.csv").write_text("half a file")
    (tmp_path / "README.md").write_text("about these files")

    reports = load(warehouse, "shop", [tmp_path])

    assert [report.path.name for report in reports] == ["order_items_1.csv", "order_items_2.csv"]
    assert select("quantity from raw_shop.order_items order by _load_id") == [(4,), (5,)]
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / 'README.md'}: passed over, its name does not end in .csv, .csv.gz, .csv.zst, .parquet"
    ]


def test_a_refused_file_does_not_stop_the_others(warehouse, tmp_path, select):
    (tmp_path / "customers.csv").write_bytes(b"")
    (tmp_path / "order_items.csv").write_bytes(CONTENT)
    (tmp_path / "payments.csv").write_bytes(CONTENT)

    with pytest.raises(FilesRefusedError, match=r"customers.csv: .* \(and 1 more refused\)") as error:
        load(warehouse, "shop", [tmp_path])

    assert ["payments.csv" in refusal for refusal in error.value.refusals] == [False, True]
    assert [report.table_name for report in error.value.reports] == ["order_items"]
    assert select("count(*) from raw_shop.order_items") == [(2,)]


def test_a_folder_with_a_noload_mark_is_no_delivery(tmp_path):
    for name in ("orders.csv", "truth/customers.csv", "truth/deeper/orders.csv", "other/orders.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("order_id\n1\n")
    (tmp_path / "truth" / ".noload").touch()
    found, passed_over = find_files([tmp_path])

    assert [str(path.relative_to(tmp_path)) for path in found] == ["orders.csv", "other/orders.csv"]
    assert passed_over == []
