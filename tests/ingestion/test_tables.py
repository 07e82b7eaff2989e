"""The raw tables follow the YAML, and existing rows are not lost."""

from __future__ import annotations

import pytest

from ingestion import create, load, read_source
from warehouse import DataError

DECLARATION = """
sources:
  - name: market
    tables:
      - name: sales
        config: {{meta: {{file: sales.csv, key: [{key}]{meta}}}}}
        columns:
          - {{name: id, data_type: text}}
          - {{name: amount, data_type: "{data_type}"}}
{more}
"""


@pytest.fixture
def declared(tmp_path):
    """``declared(...)``: the source whose YAML says so."""

    def write(key="id", data_type="numeric(18,4)", more="", meta=""):
        path = tmp_path / "staging" / "market" / "_market__sources.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(DECLARATION.format(key=key, data_type=data_type, more=more, meta=meta))
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
        ("_replaced_by_load_id", "bigint"),
        ("id", "text"),
        ("amount", "numeric"),
    ]


def test_a_raw_table_has_the_indexes_of_its_versions_its_trimmed_key_and_its_declared_lookups(
    warehouse, declared, select
):
    create(warehouse, declared(key="id, amount", meta=", indexes: [[amount, id]], replaces: id"))

    found = select(
        "regexp_replace(indexdef, '^CREATE (.*)INDEX (.*) ON .* USING btree', '\\1\\2') "
        "from pg_indexes where schemaname = 'raw_market' order by indexname"
    )
    assert [index for (index,) in found] == [
        "sales_amount_id_idx (amount, TRIM(BOTH FROM id))",
        "UNIQUE sales_current_key (TRIM(BOTH FROM id), amount) WHERE (_replaced_by_load_id IS NULL)",
        "sales_id_idx (TRIM(BOTH FROM id))",
        "UNIQUE sales_pkey (_load_id, _line)",
        "sales_replaced_by_load_id_idx (_replaced_by_load_id) WHERE (_replaced_by_load_id IS NOT NULL)",
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "alter table raw_market.sales drop column _replaced_by_load_id",
        "alter table raw_market.sales drop constraint sales_pkey, add primary key (id)",
    ],
)
def test_a_table_of_an_earlier_version_is_refused_with_the_remedy(warehouse, declared, sales, select, run, statement):
    load(warehouse, declared(), [sales])
    run(statement)

    with pytest.raises(
        DataError, match=r"^raw_market.sales was made by an earlier version .* `drop schema raw_market "
    ):
        create(warehouse, declared())

    run("drop schema raw_market cascade")
    assert load(warehouse, declared(), [sales])[0].rows_inserted == 1
    assert select("load_id, replaced_by_load_id from raw_ingestion.loads order by 1") == [(1, 1), (2, None)]


def test_every_source_that_ships_can_be_made(warehouse, select):
    for name in ("shop", "online_retail"):
        source = read_source(name)
        create(warehouse, source)
        create(warehouse, source)

        tables = {table for (table,) in select(f"tablename from pg_tables where schemaname = '{source.schema}'")}
        assert tables == {table.name for table in source.tables}
    assert select("tablename from pg_tables where schemaname = 'raw_ingestion' order by 1") == [
        ("loads",),
        ("rejected_rows",),
    ]


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
        ({"key": ""}, r"the key is \(id\), the YAML declares \(none\)"),
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


def test_a_column_that_is_optional_may_be_missing_from_the_file_and_is_null_then(
    warehouse, declared, sales, tmp_path, select
):
    source = declared(more="          - {name: note, data_type: text, config: {meta: {optional: true}}}")
    load(warehouse, source, [sales])
    (tmp_path / "sales_2.csv").write_text("id,amount,NOTE\n2,1,x\n")
    load(warehouse, source, [tmp_path / "sales_2.csv"])

    assert select("id, note from raw_market.sales order by id") == [("1", None), ("2", "x")]


def test_an_optional_column_that_the_yaml_has_gained_is_added(warehouse, declared, sales, tmp_path, select):
    load(warehouse, declared(), [sales])
    (tmp_path / "sales_2.csv").write_text("id,amount\n1,3\n")
    more = "          - {name: note, data_type: text, config: {meta: {optional: true}}}"
    load(warehouse, declared(more=more), [tmp_path / "sales_2.csv"])

    assert select("amount, note, _replaced_by_load_id from raw_market.sales order by _load_id") == [
        (2.5, None, 2),
        (3, None, None),
    ]


def test_a_number_with_too_many_digits_is_rejected_with_the_digits_that_it_may_have(
    warehouse, declared, tmp_path, select
):
    (tmp_path / "sales.csv").write_text("id,amount\n1,99999999999.9999\n2,-100000000000\n3,100000000000.5\n")

    (report,) = load(warehouse, declared(data_type="numeric(15,4)"), [tmp_path / "sales.csv"])

    assert (report.rows_loaded, report.rows_rejected) == (1, 2)
    wanted = "is not a number with at most 11 digits before the point and 4 after it"
    assert select("reason from raw_ingestion.rejected_rows order by line_number") == [
        (f"'-100000000000' {wanted}",),
        (f"'100000000000.5' {wanted}",),
    ]


def test_a_declared_range_is_checked_at_load(warehouse, declared, tmp_path, select):
    more = "          - {name: pieces, data_type: integer, config: {meta: {range: [-1000000, 1000000]}}}"
    (tmp_path / "sales.csv").write_text("id,amount,pieces\n1,1,1000000\n2,1,1000000000\n")

    (report,) = load(warehouse, declared(more=more), [tmp_path / "sales.csv"])

    assert (report.rows_loaded, report.rows_rejected) == (1, 1)
    assert select("reason from raw_ingestion.rejected_rows") == [
        ("'1000000000' is not a whole number from -1000000 to 1000000",)
    ]
