"""What the YAML of a source says, and what is said of one that cannot be used."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import ingestion
from ingestion import enabled_sources, list_sources, read_source
from warehouse import DataError, UsageError

DECLARATION = """
sources:
  - name: market
    tables:
      - name: sales
        config: {{meta: {{file: sales.csv{meta}}}}}
        columns:
          - {{name: Id, data_type: text, data_tests: [not_null]}}
          - {{name: amount, data_type: {data_type}}}
{more}
"""


def declare(folder: Path, meta: str = "", data_type: str = "integer", more: str = "") -> Path:
    path = folder / "market" / "_market__sources.yml"
    path.parent.mkdir()
    path.write_text(DECLARATION.format(meta=meta, data_type=data_type, more=more))
    return folder


def test_the_sources_that_ship_can_be_read():
    for name in list_sources():
        source = read_source(name)

        assert source.schema == f"raw_{name}"
        assert source.tables


def test_a_source_without_files_is_not_listed(tmp_path):
    declare(tmp_path)
    (tmp_path / "ml").mkdir()
    (tmp_path / "ml" / "_ml__sources.yml").write_text("sources: [{name: ml, tables: [{name: results, columns: []}]}]")

    assert list_sources(tmp_path) == ["market"]


def test_enabled_sources_are_those_of_the_project_in_its_order(tmp_path):
    project = tmp_path / "dbt_project.yml"
    declare(tmp_path)
    for variables, enabled in (("{sources: [shop, market]}", ["market"]), ("{sources: []}", []), ("{}", [])):
        project.write_text(f"vars: {variables}")

        assert enabled_sources(tmp_path, project) == enabled
    project.write_text("vars: {sources: [olist, nowhere, shop]}")
    assert enabled_sources(project=project) == ["olist", "shop"]


def test_what_a_file_replaces_is_required_and_looked_up_by_an_index(tmp_path):
    (table,) = read_source("market", declare(tmp_path, meta=", replaces: Amount")).tables

    assert (table.replaces, table.indexes) == (("amount",), (("amount",),))
    assert [column.is_required for column in table.columns] == [True, True]


def test_an_unknown_source_is_refused_with_the_nearest_name():
    with pytest.raises(UsageError, match="'shpo'; did you mean shop"):
        read_source("shpo")


def test_names_are_lower_cased_and_the_key_is_required(tmp_path):
    (table,) = read_source("market", declare(tmp_path, meta=", key: [Id, amount]")).tables

    assert [column.raw_name for column in table.columns] == ["id", "amount"]
    assert [column.is_required for column in table.columns] == [True, True]
    assert table.row_key == ("id", "amount")


def test_a_table_without_a_key_knows_a_row_by_load_and_line(tmp_path):
    (table,) = read_source("market", declare(tmp_path)).tables

    assert table.row_key == ("_load_id", "_line")


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("orders.csv", "orders"),
        ("orders_2024-01-05.csv", "orders"),
        ("orders-0001.csv.gz", "orders"),
        ("orders.2024.csv.zst", "orders"),
        ("orders.parquet", "orders"),
        ("order_items.csv", "order_items"),
        ("order_items_2.csv", "order_items"),
    ],
)
def test_a_file_is_known_by_its_name_and_a_delivery_mark(name, table):
    assert read_source("shop").table_of(Path(name)).name == table


@pytest.mark.parametrize("name", ["ordersx.csv", "my_orders.csv", "order.csv"])
def test_a_file_of_another_name_is_refused_with_the_nearest(name):
    with pytest.raises(DataError, match=f"{name}: no table of the source shop .* nearest is orders.csv"):
        read_source("shop").table_of(Path(name))


def test_the_longest_match_wins(tmp_path):
    more = """      - name: returned
        config: {meta: {file: sales_returned.csv}}
        columns: [{name: id, data_type: text}]"""
    source = read_source("market", declare(tmp_path, more=more))

    assert source.table_of(Path("sales_returned_2024.csv")).name == "returned"
    assert source.table_of(Path("sales_2024.csv")).name == "sales"


def test_a_source_with_one_table_takes_any_name():
    assert read_source("online_retail").table_of(Path("export of may.csv")).name == "online_retail"


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"data_type": "money"}, "column amount: the type 'money' is not one of"),
        ({"meta": ", key: [number]"}, "number is in the key but not among the columns"),
        ({"meta": ", time_zone: Europe/Atlantis"}, "Atlantis"),
        ({"more": "          - {name: ID, data_type: text}"}, "id is declared twice"),
        ({"more": "          - {name: _line, data_type: text}"}, "_line is the loader's own"),
        ({"more": "          - {name: n, data_type: integer, config: {meta: {range: [5]}}}"}, "two values"),
        ({"meta": ", replaces: number"}, "number is in replaces but not among the columns"),
        ({"meta": ", replaces: [amount, number]"}, "number is in replaces but not among the columns"),
        (
            {"meta": ", key: [n]", "more": "          - {name: n, data_type: text, config: {meta: {optional: true}}}"},
            "column n: a column that must have a value cannot be optional",
        ),
    ],
)
def test_a_declaration_that_cannot_be_used_is_refused_by_name(tmp_path, changes, complaint):
    with pytest.raises(DataError, match=complaint) as error:
        read_source("market", declare(tmp_path, **changes))

    assert "_market__sources.yml: table sales" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_yaml_that_is_none_is_refused(tmp_path):
    (tmp_path / "market").mkdir()
    (tmp_path / "market" / "_market__sources.yml").write_text("sources: [{")

    with pytest.raises(DataError, match=r"_market__sources.yml: this is no list of dbt sources"):
        list_sources(tmp_path)


def test_no_column_is_named_in_python():
    columns = {
        column.raw_name for name in list_sources() for table in read_source(name).tables for column in table.columns
    } - {"description"}  # also a word of dbt's own
    for path in Path(ingestion.__file__).parent.glob("*.py"):
        for text in texts_of(path):
            assert not columns & set(re.findall(r"\w+", text)), f"{path.name}: {text!r}"


def texts_of(path: Path) -> list[str]:
    """The texts of a module that are no docstrings and no sentences."""
    tree = ast.parse(path.read_text())
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not re.search(r"\w \w+ \w", node.value)
    ]
