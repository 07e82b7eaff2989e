"""The ledger of a source's loads and its rejected rows: what was delivered, and what became of it."""

from __future__ import annotations

import csv
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from ingestion.rows import Rejection
from ingestion.sources import LEDGER, REJECTED, Source, Table
from ingestion.tables import identifier

SPOOL_BYTES = 4 << 20
SHOWN_REJECTIONS = 3
# loads of a table that still count: those of a file which came again with other content do not
CURRENT = "table_name = %s and replaced_by_load_id is null"


@dataclass(frozen=True)
class LoadReport:
    """What became of one file. rows_read = rows_loaded + rows_rejected + duplicate_rows.

    ``rows_loaded`` are now in the table as the file has them; of these ``rows_inserted`` are new there,
    ``rows_updated`` were known with other values, and the rest stood there already. ``duplicate_rows`` repeat a row
    of the same file. Where ``is_already_loaded``, nothing was changed and the counts are those of the load
    ``load_id`` that did it. ``ignored_columns`` are in the file but not in the source. ``seconds`` are of this run.
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
    seconds: float
    is_already_loaded: bool = False
    ignored_columns: tuple[str, ...] = ()
    first_rejections: tuple[Rejection, ...] = ()


COUNTS = ("load_id", "rows_read", "rows_loaded", "rows_rejected", "duplicate_rows", "rows_inserted", "rows_updated")


def earlier_load(connection: psycopg.Connection, source: Source, table: Table, file_hash: str) -> dict | None:
    """The counts of the load that brought this content into this table, under whatever name, or None."""
    row = connection.execute(
        sql.SQL(f"select {', '.join(COUNTS)} from {{}} where {CURRENT} and file_hash = %s").format(
            identifier(source, LEDGER)
        ),
        (table.name, file_hash),
    ).fetchone()
    return dict(zip(COUNTS, row, strict=True)) if row else None


def next_load_id(connection: psycopg.Connection, source: Source) -> int:
    """One more than the last load's, not from a sequence: a load that failed leaves no gap, so ids can be repeated."""
    query = sql.SQL("select coalesce(max(load_id), 0) + 1 from {}").format(identifier(source, LEDGER))
    return connection.execute(query).fetchone()[0]


def replace_earlier_delivery(
    connection: psycopg.Connection, source: Source, table: Table, file_name: str, load_id: int
) -> None:
    """Take away the rows that earlier loads of this file brought into a table that knows rows by file and line."""
    connection.execute(
        sql.SQL(
            f"with replaced as (update {{ledger}} set replaced_by_load_id = %s where {CURRENT} and file_name = %s "
            "returning load_id) delete from {target} where _load_id in (select load_id from replaced)"
        ).format(ledger=identifier(source, LEDGER), target=identifier(source, table.name)),
        (load_id, table.name, file_name),
    )


def record_load(
    connection: psycopg.Connection, source: Source, report: LoadReport, file_name: str, file_hash: str
) -> None:
    """Write the ledger's row; the ledger itself refuses counts that do not add up."""
    columns = (*COUNTS, "table_name", "file_name", "file_hash", "seconds")
    values = [getattr(report, name) for name in COUNTS]
    connection.execute(
        sql.SQL(f"insert into {{}} ({', '.join(columns)}) values ({', '.join(['%s'] * len(columns))})").format(
            identifier(source, LEDGER)
        ),
        (*values, report.table_name, file_name, file_hash, round(report.seconds, 3)),
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
            sql.SQL(
                "insert into {} (load_id, table_name, file_name, line_number, column_name, reason, raw_text) "
                "select %s, %s, %s, line_number, column_name, reason, raw_text from aside order by line_number"
            ).format(identifier(source, REJECTED)),
            (load_id, table.name, file_name),
        )

    def _start(self) -> None:
        self.first: list[Rejection] = []
        self._spool = tempfile.SpooledTemporaryFile(SPOOL_BYTES, "w+", encoding="utf-8", newline="")  # noqa: SIM115
        self._rows = csv.writer(self._spool, quoting=csv.QUOTE_ALL, lineterminator="\n")
