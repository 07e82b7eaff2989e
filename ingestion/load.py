"""A file into its raw table: one transaction for its rows, its rejected rows and its row in the ledger."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from tqdm import tqdm

from ingestion.content import Content, open_content
from ingestion.files import FILE_KINDS, content_hash, delivered_name, find_files, known_encoding
from ingestion.ledger import (
    LoadReport,
    RejectedRows,
    earlier_load,
    loads_of_file,
    mark_replaced,
    next_load_id,
    record_load,
)
from ingestion.merge import STAGE, Changes, create_stage, merge_by_content, merge_by_key, set_repeated_aside
from ingestion.rows import Rejection, RowReader
from ingestion.sources import Source, Table, read_source
from ingestion.tables import CURRENT, create, identifier, identifiers, lock_loads
from warehouse import DataError, Warehouse
from warehouse.errors import one_line

logger = logging.getLogger(__name__)

ANALYZED_ROWS = 1_000


class FilesRefusedError(DataError):
    """Some files could not be loaded. ``refusals`` says why, one line a file; ``reports`` are of the others."""

    def __init__(self, refusals: Sequence[str], reports: Sequence[LoadReport]) -> None:
        more = f" (and {len(refusals) - 1} more refused)" if len(refusals) > 1 else ""
        super().__init__(refusals[0] + more)
        self.refusals = list(refusals)
        self.reports = list(reports)


def load(
    warehouse: Warehouse,
    source: Source | str,
    paths: Iterable[Path | str],
    encoding: str = "utf-8",
    progress: bool = False,
) -> list[LoadReport]:
    """Load files and folders of files into the raw tables of a source; one report a file, in the order of loading.

    ``source`` is a name, or a source read today: its patterns refuse what lay in the future when it was read. Files
    are loaded delivery by delivery, those of a delivery in the order of the YAML's tables (``Source.load_order``).
    Each file is a transaction of its own: it lands wholly, or not at all. A content that is in its table already
    changes nothing. ``progress`` draws a bar on stderr where that is a terminal. Raises UsageError for an unknown
    source, encoding or path, and FilesRefusedError at the end when files were refused; the others are loaded then.
    """
    source = read_source(source) if isinstance(source, str) else source
    encoding = known_encoding(encoding)
    found, passed_over = find_files(Path(path) for path in paths)
    for path in passed_over:
        logger.warning("%s: passed over, its name does not end in %s", path, ", ".join(FILE_KINDS))
    if not found:
        raise DataError("there is no file to load in what was given; put files there or name others")
    create(warehouse, source)
    reports: list[LoadReport] = []
    refusals: list[str] = []
    names: set[tuple[str, str]] = set()
    for path in sorted(found, key=source.load_order):
        try:
            with _bar(path, progress) as bar:
                table = source.table_of(path)
                name = (table.name, delivered_name(path))
                if not table.key and name in names:
                    raise DataError(
                        f"{path}: another file of this name was given, and would be replaced by it; rename one of them"
                    )
                names.add(name)
                reports.append(_load_file(warehouse, source, _Delivery(path, table, encoding, bar)))
        except DataError as error:
            refusals.append(str(error))
        except OSError as error:
            refusals.append(f"{path}: the file cannot be read to its end: {one_line(error)}; nothing of it was loaded")
    if refusals:
        raise FilesRefusedError(refusals, reports)
    return reports


def _bar(path: Path, is_shown: bool) -> tqdm:
    disable = None if is_shown else True  # None: shown where stderr is a terminal
    return tqdm(total=path.stat().st_size, desc=path.name, unit="B", unit_scale=True, leave=False, disable=disable)


@dataclass(frozen=True)
class _Delivery:
    path: Path
    table: Table
    encoding: str
    bar: tqdm

    def open(self) -> Content:
        """The content from its beginning."""
        self.bar.reset()
        return open_content(self.path, self.table, self.encoding, self.bar.update)

    def state(self) -> tuple[int, int]:
        """Changes when the file is written to."""
        status = self.path.stat()
        return status.st_size, status.st_mtime_ns


@dataclass(frozen=True)
class _Counts:
    read: int
    bad: int
    changes: Changes
    duplicates: int = 0


def _load_file(warehouse: Warehouse, source: Source, delivery: _Delivery) -> LoadReport:
    started = time.perf_counter()
    path, table = delivery.path, delivery.table
    state = delivery.state()
    file_hash = content_hash(path, delivery.encoding, delivery.bar.update)
    try:
        with warehouse.connect() as connection, RejectedRows() as rejected:
            lock_loads(connection)
            earlier = earlier_load(connection, source, table, file_hash)
            if earlier:
                seconds = time.perf_counter() - started
                return LoadReport(path, table.name, **earlier, seconds=seconds, is_already_loaded=True)
            load_id = next_load_id(connection)
            name = delivered_name(path)
            # a table without a key or ``replaces`` identifies rows within the files of one name
            is_by_file = not (table.key or table.replaces)
            earlier_loads = loads_of_file(connection, source, table, name) if is_by_file else []
            connection.execute("select set_config('timezone', %s, true)", (table.time_zone or "UTC",))
            content = delivery.open()
            counts = _load_rows(connection, source, delivery, content, load_id, earlier_loads, rejected)
            mark_replaced(connection, earlier_loads, load_id)
            if counts.changes.inserted >= ANALYZED_ROWS:  # the build that follows joins these rows
                connection.execute(sql.SQL("analyze {}").format(identifier(source, table.name)))
            if delivery.state() != state:
                raise DataError(f"{path}: the file was written to while it was read; load it when it is complete")
            rejected.store(connection, source, table, name, load_id)
            report = LoadReport(
                path=path,
                table_name=table.name,
                load_id=load_id,
                rows_read=counts.read,
                rows_loaded=counts.read - counts.bad - counts.duplicates,
                rows_rejected=counts.bad,
                duplicate_rows=counts.duplicates,
                rows_inserted=counts.changes.inserted,
                rows_updated=counts.changes.updated,
                rows_closed=counts.changes.closed,
                seconds=time.perf_counter() - started,
                ignored_columns=content.ignored,
                first_rejections=tuple(rejected.first),
            )
            record_load(connection, source, report, name, file_hash)
            return report
    except psycopg.DataError as error:
        raise DataError(f"{path}: PostgreSQL cannot store a row: {one_line(error)}; nothing of it was loaded") from None


def _load_rows(
    connection: psycopg.Connection,
    source: Source,
    delivery: _Delivery,
    content: Content,
    load_id: int,
    earlier_loads: Sequence[int],
    rejected: RejectedRows,
) -> _Counts:
    """Bring the rows of a file into its raw table: by a plain COPY where that is enough, else over a stage."""
    table = delivery.table
    if not _may_replace(connection, source, table, earlier_loads):
        try:  # most deliveries bring new keys only, and a plain COPY is two to three times as fast
            with connection.transaction():
                reader = _copy(connection, identifier(source, table.name), content, load_id, rejected)
            return _Counts(reader.good_rows + reader.bad_rows, reader.bad_rows, Changes(reader.good_rows))
        except psycopg.errors.UniqueViolation:  # a key is known already, or comes twice
            rejected.clear()
            content = delivery.open()
    reader = _copy(connection, create_stage(connection, source, table), content, load_id, rejected)
    connection.execute(sql.SQL("analyze {}").format(STAGE))
    read, bad = reader.good_rows + reader.bad_rows, reader.bad_rows
    if not table.key:
        return _Counts(read, bad, merge_by_content(connection, source, table, load_id, earlier_loads))
    duplicates, conflicts = set_repeated_aside(connection, table)
    if conflicts:
        texts = RowReader(delivery.open(), lambda rejection: None).raw_texts(conflict.line for conflict in conflicts)
        for conflict in conflicts:
            reason = f"line {conflict.first_line} has the same key and is kept: {', '.join(conflict.differences)}"
            rejected.add(Rejection(conflict.line, ", ".join(conflict.columns), reason, texts[conflict.line]))
    return _Counts(read, bad + len(conflicts), merge_by_key(connection, source, table, load_id), duplicates)


def _may_replace(connection: psycopg.Connection, source: Source, table: Table, earlier_loads: Sequence[int]) -> bool:
    """Whether rows that a file does not hold may have to be closed."""
    if not table.replaces and not earlier_loads:
        return False
    of_file = sql.SQL("true") if table.replaces else sql.SQL("_load_id = any({})").format(list(earlier_loads))
    query = sql.SQL("select exists (select from {} where {} and {})")
    return connection.execute(query.format(identifier(source, table.name), CURRENT, of_file)).fetchone()[0]


def _copy(
    connection: psycopg.Connection, target: sql.Identifier, content: Content, load_id: int, rejected: RejectedRows
) -> RowReader:
    reader = RowReader(content, rejected.add)
    names = [column.raw_name for column in content.columns if column]
    # an empty field is no value, whether it is quoted or not
    statement = sql.SQL("copy {} ({}) from stdin (format csv, force_null ({}))").format(
        target, identifiers(["_load_id", "_line", *names]), identifiers(names)
    )
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for block in reader.copy_blocks(load_id):
                copy.write(block)
        if cursor.rowcount != reader.good_rows:
            raise DataError(
                f"{content.path}: {reader.good_rows} rows were sent and {cursor.rowcount} arrived; nothing was loaded"
            )
    return reader
