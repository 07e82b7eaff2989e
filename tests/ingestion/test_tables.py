"""The raw tables follow the YAML, and what stands is not lost."""

from __future__ import annotations

import pytest

from ingestion import create, load, read_source
from warehouse import DataError

DECLARATION = """
sources:
  - name: market
    tables:
      - name: sales
        config: {{meta: {{file: sales.csv, key: [{key}]}}}}
        columns:
          - {{name: id, data_type: text}}
          - {{name: amount, data_type: "{data_type}"}}
{more}
"""


@pytest.fixture
def declared(tmp_path):
    """``declared(...)``: the source whose YAML says so."""

    def write(key="id", data_type="numeric(18,4)", more=""):
        path = tmp_path / "staging" / "market" / "_market__sources.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(DECLARATION.format(key=key, data_type=data_type, more=more))
        return read_source("market", tmp_path / "staging")

    return write


@pytest.fixture
def sales(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text("id,amount\n1,2.50\n")
    return path


def columns(select):
    return select(
        "column_name, data_type from information_schema.columns "
        "where table_schema = 'raw_market' and table_name = 'sales' order by ordinal_position"
    )


def test_a_source_is_made_as_declared_and_made_again_nothing_changes(warehouse, declared, select):
    for _ in range(2):
        create(warehouse, declared())

    assert columns(select) == [
        ("_load_id", "bigint"),
        ("_line", "bigint"),
        ("_loaded_at", "timestamp with time zone"),
        ("id", "text"),
        ("amount", "numeric"),
    ]


def test_every_source_that_ships_can_be_made(warehouse, select):
    for name in ("shop", "online_retail"):
        source = read_source(name)
        create(warehouse, source)
        create(warehouse, source)

        tables = {table for (table,) in select(f"tablename from pg_tables where schemaname = '{source.schema}'")}
        assert tables == {"loads", "rejected_rows", *(table.name for table in source.tables)}


def test_a_column_that_the_yaml_has_gained_is_added_empty(warehouse, declared, sales, select):
    load(warehouse, declared(), [sales])

    create(warehouse, declared(more="          - {name: note, data_type: text, data_tests: [not_null]}"))

    assert select("id, amount, note from raw_market.sales") == [("1", 2.5, None)]


def test_a_column_that_the_yaml_has_lost_stays(warehouse, declared, sales, select):
    create(warehouse, declared(more="          - {name: note, data_type: text}"))

    load(warehouse, declared(), [sales])

    assert select("id, note from raw_market.sales") == [("1", None)]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"data_type": "text"}, r"column amount is numeric\(18,4\), the YAML declares text"),
        ({"data_type": "numeric(18,2)"}, r"is numeric\(18,4\), the YAML declares numeric\(18,2\)"),
        ({"key": "amount"}, r"the key is \(id\), the YAML declares \(amount\)"),
        ({"key": ""}, r"the key is \(id\), the YAML declares \(_load_id, _line\)"),
    ],
)
def test_another_type_or_key_is_refused_and_nothing_is_changed(warehouse, declared, sales, select, change, complaint):
    load(warehouse, declared(), [sales])

    with pytest.raises(DataError, match=f"raw_market.sales: .*{complaint}"):
        create(warehouse, declared(**change))

    assert select("id, amount from raw_market.sales") == [("1", 2.5)]


def test_names_with_capitals_need_no_quotes_in_sql(warehouse, select):
    create(warehouse, read_source("online_retail"))

    assert select("InvoiceNo, UnitPrice from raw_online_retail.online_retail") == []


def test_a_declared_range_is_kept_at_the_door(warehouse, declared, tmp_path, select):
    more = "          - {name: pieces, data_type: integer, config: {meta: {range: [-1000000, 1000000]}}}"
    (tmp_path / "sales.csv").write_text("id,amount,pieces\n1,1,1000000\n2,1,1000000000\n")

    (report,) = load(warehouse, declared(more=more), [tmp_path / "sales.csv"])

    assert (report.rows_loaded, report.rows_rejected) == (1, 1)
    assert select("reason from raw_market.rejected_rows") == [
        ("'1000000000' is not a whole number from -1000000 to 1000000",)
    ]
