"""Files to be loaded, and short ways to look at what became of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingestion import LoadReport, load
from warehouse import Warehouse

ITEMS = "store_id,item_id,order_id,product_id,quantity,unit_price,total_price\n"
RETAIL = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


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
        rows = select("line_number, coalesce(column_name, ''), reason from raw_shop.rejected_rows")
        return {line: (column, reason) for line, column, reason in rows}

    return read
