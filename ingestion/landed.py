"""A source's landing folder into its raw tables, and what they then hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from ingestion.files import is_data_file
from ingestion.ledger import LoadReport
from ingestion.load import load
from ingestion.sources import Source
from ingestion.tables import CURRENT, create, identifier
from warehouse import Warehouse


@dataclass(frozen=True)
class TableState:
    """The current rows of a raw table (``row_count``), and what the files of one loading brought to it."""

    table_name: str
    row_count: int
    rows_read: int
    rows_loaded: int
    rows_rejected: int
    duplicate_rows: int


def load_landed(warehouse: Warehouse, source: Source, folder: Path) -> list[TableState]:
    """Load the files of a folder, which may be empty or missing; one state per table of the source.

    Files that were loaded before bring nothing. Raises FilesRefusedError like ``load``.
    """
    create(warehouse, source)
    has_files = folder.is_dir() and any(is_data_file(path) for path in folder.iterdir())
    reports = load(warehouse, source.name, [folder]) if has_files else []
    return [
        _state(
            table.name,
            _count_current(warehouse, source, table.name),
            [report for report in reports if report.table_name == table.name and not report.is_already_loaded],
        )
        for table in source.tables
    ]


def _count_current(warehouse: Warehouse, source: Source, table_name: str) -> int:
    query = sql.SQL("select count(*) from {} where {}").format(identifier(source, table_name), CURRENT)
    with warehouse.connect() as connection:
        return connection.execute(query).fetchone()[0]


def _state(table_name: str, row_count: int, reports: list[LoadReport]) -> TableState:
    counts = ("rows_read", "rows_loaded", "rows_rejected", "duplicate_rows")
    sums = {name: sum(getattr(report, name) for report in reports) for name in counts}
    return TableState(table_name, row_count, **sums)
