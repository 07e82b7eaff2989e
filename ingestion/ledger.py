"""The ledger of loads and the rejected rows: what was delivered, and what became of it."""

from __future__ import annotations

import csv
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg

from ingestion.rows import Rejection
from ingestion.sources import Source, Table
from ingestion.tables import LOADS, REJECTED_ROWS

SPOOL_BYTES = 4 << 20
SHOWN_REJECTIONS = 3
OF_TABLE = "source_name = %s and table_name = %s"


@dataclass(frozen=True)
class LoadReport:
    """What became of one file. rows_read = rows_loaded + rows_rejected + duplicate_rows.

    ``rows_loaded`` are now current in the table as the file has them; of these ``rows_inserted`` are new there,
    ``rows_updated`` were known with other values, and the rest was there already. ``rows_closed`` are rows of earlier
    loads that this file no longer holds. ``duplicate_rows`` repeat a row of the same file. Where
    ``is_already_loaded``, nothing was changed and the counts are those of the load ``load_id`` that did it.
    ``ignored_columns`` are in the file but not in the source. ``seconds`` are of this run.
    """

    path: Path
    table_name: str
    load_id: int
    rows_read: int
    rows_loaded: int
    rows_rejected: int
    duplicate_rows: int
    rows_inserted: int
    rows_updated: int
    rows_closed: int
    seconds: float
    is_already_loaded: bool = False
    ignored_columns: tuple[str, ...] = ()
    first_rejections: tuple[Rejection, ...] = ()


COUNTS = (
    "load_id", "rows_read", "rows_loaded", "rows_rejected", "duplicate_rows",
    "rows_inserted", "rows_updated", "rows_closed",
)  # fmt: skip


def earlier_load(connection: psycopg.Connection, source: Source, table: Table, file_hash: str) -> dict | None:
    """The counts of the load that brought this content into this table, under whatever name, or None."""
    row = connection.execute(
        f"select {', '.join(COUNTS)} from {LOADS} where {OF_TABLE} and replaced_by_load_id is null and file_hash = %s",
        (source.name, table.name, file_hash),
    ).fetchone()
    return dict(zip(COUNTS, row, strict=True)) if row else None


def next_load_id(connection: psycopg.Connection) -> int:
    """One more than the last load of any source; not from a sequence, so that a failed load leaves no gap."""
    return connection.execute(f"select coalesce(max(load_id), 0) + 1 from {LOADS}").fetchone()[0]


def loads_of_file(connection: psycopg.Connection, source: Source, table: Table, file_name: str) -> list[int]:
    """The loads of a file of that name into a table, replaced ones too: unchanged rows keep the load they came with."""
    rows = connection.execute(
        f"select load_id from {LOADS} where {OF_TABLE} and file_name = %s",
        (source.name, table.name, file_name),
    )
    return [load_id for (load_id,) in rows]


def mark_replaced(connection: psycopg.Connection, load_ids: list[int], load_id: int) -> None:
    """Note that a later load brought the same file with other content: rejected rows of the earlier no longer count."""
    connection.execute(
        f"update {LOADS} set replaced_by_load_id = %s where load_id = any(%s) and replaced_by_load_id is null",
        (load_id, load_ids),
    )


def record_load(
    connection: psycopg.Connection, source: Source, report: LoadReport, file_name: str, file_hash: str
) -> None:
    """Write the ledger's row; the ledger itself refuses counts that do not add up."""
    columns = (*COUNTS, "source_name", "table_name", "file_name", "file_hash", "seconds")
    values = [getattr(report, name) for name in COUNTS]
    connection.execute(
        f"insert into {LOADS} ({', '.join(columns)}) values ({', '.join(['%s'] * len(columns))})",
        (*values, source.name, report.table_name, file_name, file_hash, round(report.seconds, 3)),
    )


class RejectedRows:
    """Rows set aside while the good ones are copied, on disk where they are many; to be used in a ``with``."""

    def __enter__(self) -> RejectedRows:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._spool.close()

    def add(self, rejection: Rejection) -> None:
        """Set one row aside."""
        if len(self.first) < SHOWN_REJECTIONS:
            self.first.append(rejection)
        self._rows.writerow((rejection.line, rejection.column, rejection.reason, rejection.raw_text))

    def clear(self) -> None:
        """Forget all: the file is read again."""
        self._spool.close()
        self._start()

    def store(self, connection: psycopg.Connection, source: Source, table: Table, file_name: str, load_id: int) -> None:
        """Write the rows set aside to the table of rejected rows."""
        self._spool.seek(0)
        connection.execute(
            "create temporary table aside "
            "(line_number bigint, column_name text, reason text, raw_text text) on commit drop"
        )
        statement = "copy aside from stdin (format csv, force_null (column_name), force_not_null (raw_text))"
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            while block := self._spool.read(1 << 16):
                copy.write(block)
        connection.execute(
            f"insert into {REJECTED_ROWS} "
            "(source_name, load_id, table_name, file_name, line_number, column_name, reason, raw_text) "
            "select %s, %s, %s, %s, line_number, column_name, reason, raw_text from aside order by line_number",
            (source.name, load_id, table.name, file_name),
        )

    def _start(self) -> None:
        self.first: list[Rejection] = []
        self._spool = tempfile.SpooledTemporaryFile(SPOOL_BYTES, "w+", encoding="utf-8", newline="")  # noqa: SIM115
        self._rows = csv.writer(self._spool, quoting=csv.QUOTE_ALL, lineterminator="\n")
