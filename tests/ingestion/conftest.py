"""Files to be loaded, and short ways to look at what became of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingestion import CheckResult, LoadReport, Source, check, create, load, read_source
from warehouse import Warehouse

ITEMS = "store_id,item_id,order_id,product_id,quantity,unit_price,total_price\n"
RETAIL = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"

MARKET = """
sources:
  - name: market
    tables:
      - name: sales
        config: {meta: {file: sales.csv, key: [shop, "No: {5%}"], volume: {day: sold_at, per: shop}}}
        columns:
          - {name: shop, data_type: text}
          - {name: "No: {5%}", data_type: integer}
          - {name: sold_at, data_type: timestamptz, data_tests: [not_null]}
          - {name: amount, data_type: integer, config: {meta: {range: [-9, 9], expect: {range: [0, 5]}}}}
          - {name: price, data_type: "numeric(9,2)", config: {meta: {expect: {range: [0, 99.5], severity: error}}}}
          - {name: status, data_type: text, config: {meta: {expect: {domain: ["it's: 5%", paid], null_rate: 0.7}}}}
"""
# 20 sales at noon of every day of ten weeks, the last of them a Sunday
SELL = """
insert into raw_market.sales (_load_id, _line, shop, "no: {5%%}", sold_at, amount, price, status)
select
    (select coalesce(max(_load_id), 0) + 1 from raw_market.sales),
    line, %s, line, timestamp '2024-01-01 12:00' + (line / 20) * interval '1 day', 1, 2.50, 'paid'
from generate_series(0, 20 * %s - 1) as line
"""
MARKET_DAYS = 70


def item(number: int, **changes: object) -> str:
    """A good order line as the shop's file has it, with some fields written otherwise."""
    fields = {"store": "a", "item": number, "order": 1, "product": "p", "quantity": 2, "price": "2.50", "total": "5.00"}
    return ",".join(str(value) for value in {**fields, **changes}.values()) + "\n"


def sale(number: int, **changes: object) -> str:
    """A good line of the flat file of invoices."""
    fields = {"invoice": 536365, "code": number, "name": "LAMP", "quantity": 1, "at": "2011-01-05 10:00:00"}
    fields |= {"price": "2.55", "customer": "17850.0", "country": "France"}
    return ",".join(str(value) for value in {**fields, **changes}.values()) + "\n"


@pytest.fixture
def deliver(warehouse: Warehouse, tmp_path: Path) -> Callable[..., LoadReport]:
    """``deliver(name, content)``: write a file and load it; its report."""

    def write_and_load(name: str, content: str | bytes, source: str = "shop", encoding: str = "utf-8") -> LoadReport:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        (report,) = load(warehouse, source, [path], encoding)
        return report

    return write_and_load


@pytest.fixture
def select(warehouse: Warehouse) -> Callable[[str], list[tuple]]:
    """``select(columns_and_rest)``: the rows of a query as the database has them."""

    def read(query: str) -> list[tuple]:
        with warehouse.connect() as connection:
            return connection.execute(f"select {query}").fetchall()

    return read


@pytest.fixture
def rejected(select: Callable[[str], list[tuple]]) -> Callable[[], dict[int, tuple[str, str]]]:
    """``rejected()``: column and reason of each rejected row of the shop, by line."""

    def read() -> dict[int, tuple[str, str]]:
        rows = select("line_number, coalesce(column_name, ''), reason from raw_ingestion.rejected_rows")
        return {line: (column, reason) for line, column, reason in rows}

    return read


@pytest.fixture
def market(warehouse: Warehouse, tmp_path: Path) -> Source:
    """A source of one table, made and empty; its names are as hard as names can be."""
    path = tmp_path / "market" / "_market__sources.yml"
    path.parent.mkdir()
    path.write_text(MARKET)
    source = read_source("market", tmp_path)
    create(warehouse, source)
    return source


@pytest.fixture
def sell(warehouse: Warehouse, market: Source) -> Callable[..., None]:
    """``sell(shop, days)``: that many days of sales of a shop."""

    def insert(shop: str = "north", days: int = MARKET_DAYS) -> None:
        with warehouse.connect() as connection:
            connection.execute(SELL, (shop, days))

    return insert


@pytest.fixture
def run(warehouse: Warehouse) -> Callable[[str], None]:
    """``run(statement)``: SQL by hand, past the loader."""

    def execute(statement: str) -> None:
        with warehouse.connect() as connection:
            connection.execute(statement)

    return execute


@pytest.fixture
def gate(warehouse: Warehouse, market: Source) -> Callable[[], dict[str, CheckResult]]:
    """``gate()``: the results of the checks by the name of the expectation."""
    return lambda: {result.expectation.name: result for result in check(warehouse, market)}
