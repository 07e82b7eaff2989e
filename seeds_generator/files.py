"""The shop as files: whole or not at all, and not again when they are already there."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv
from tqdm import tqdm

from seeds_generator.clock import iso_bytes
from seeds_generator.columns import texts
from seeds_generator.flaws import LATE_FILE_MARK, FlawedRow, FlawMaker, Flaws
from seeds_generator.manifest import (
    MANIFEST,
    facts_of,
    generator,
    is_whole,
    parameters_that_go_on,
    plain,
    read_manifest,
)
from seeds_generator.orders import BEGINNING, Month, OrderBook
from seeds_generator.parameters import Parameters
from seeds_generator.shop import TABLES, end_of, in_order, open_book, people_and_products
from seeds_generator.truth import Truth
from warehouse import DataError, UsageError

TRUTH = "truth"
NO_DELIVERY = ".noload"  # the loader passes over a folder that holds this file
FORMATS = ("csv", "parquet")
WRITE_OPTIONS = csv.WriteOptions(include_header=False, batch_size=65_536, quoting_style="none")
BAR_ORDERS = 500_000  # smaller shops are there before a bar is


@dataclass(frozen=True)
class Delivery:
    """What lies in a folder: rows per table, the days they are of, and whether it was there already."""

    folder: Path
    rows: dict[str, int]
    first_date: date
    last_date: date
    is_unchanged: bool


def write(
    parameters: Parameters,
    folder: Path | str,
    file_format: str = "csv",
    flaws: Flaws | None = None,
    workers: int | None = None,
    progress: bool = False,
) -> Delivery:
    """Write the five files of a shop into a folder, month by month, and the truth behind them into ``truth/``.

    Files appear only when all of them are complete; until then the old ones stay. A folder that already
    holds this very shop is left alone: its files are compared with the hashes noted when they were written.
    Two writers of one folder wait for each other. ``workers`` threads, one per processor by default, make the same
    bytes. ``flaws`` spoil CSV files on purpose.

    Raises DataError where the folder cannot be written, or holds such files that are not the generator's.
    """
    flaws = flaws or Flaws()
    if file_format not in FORMATS:
        raise UsageError(f"--format must be one of {', '.join(FORMATS)}, not {file_format!r}")
    if flaws.are_on and file_format != "csv":
        raise UsageError("--flaws are those of CSV files; leave out --format")
    order = _Order(parameters, file_format, flaws, workers or _processors(), progress)
    with _held(Path(folder)) as held:
        return _write(order, held)


def extend(folder: Path | str, through: date, workers: int | None = None) -> Delivery:
    """Let the shop in a folder go on through a later day, in files of their own: what is new and what has changed.

    Loaded after the others they make the raw tables equal, row by row, to those of a shop that was written through that
    day at once. ``truth/`` becomes that of the later day.

    Raises DataError where the folder holds no whole shop of this generator, UsageError where the day is not later.
    """
    with _held(Path(folder)) as held:
        noted = read_manifest(held)
        parameters = parameters_that_go_on(held, noted)
        if through <= parameters.last_date:
            raise UsageError(f"--through must be later than {parameters.last_date}, where the shop ends, not {through}")
        since = end_of(parameters, parameters.last_date)
        order = _Order(
            replace(parameters, through=through), noted["made_from"]["format"], Flaws(), workers or _processors(), False
        )
        return _put(order, held, since, f"_{through}", noted["files"])


@dataclass(frozen=True)
class _Order:
    """What is asked of a writer."""

    parameters: Parameters
    file_format: str
    flaws: Flaws
    workers: int
    progress: bool

    @property
    def made_from(self) -> dict[str, Any]:
        return {
            "parameters": plain(self.parameters),
            "generator": generator(),
            "format": self.file_format,
            "flaws": plain(self.flaws),
        }

    @property
    def dates(self) -> tuple[date, date]:
        return self.parameters.first_date, self.parameters.last_date

    def file(self, table: str, mark: str = "") -> str:
        return f"{table}{mark}.{self.file_format}"


def _write(order: _Order, folder: Path) -> Delivery:
    names = [order.file(table) for table in TABLES]
    noted = read_manifest(folder)
    if noted is None:
        foreign = [file for file in names if (folder / file).exists()]
        if foreign or ((folder / TRUTH).exists() and not (folder / TRUTH / NO_DELIVERY).exists()):
            raise DataError(
                f"{folder} holds {', '.join(foreign) or TRUTH} from elsewhere, which the shop would overwrite; "
                "move it away or choose another folder with --out"
            )
    elif noted["made_from"] == order.made_from and is_whole(folder, noted):
        rows = {table: noted["files"][order.file(table)]["rows"] for table in TABLES}
        return Delivery(folder, rows, *order.dates, is_unchanged=True)
    old = noted["files"] if noted else {}
    delivery = _put(order, folder, BEGINNING, "", {})
    for file in old:  # of an earlier shop that went on, was flawed or in another format
        if not file.startswith(f"{TRUTH}/") and file not in read_manifest(folder)["files"]:
            (folder / file).unlink(missing_ok=True)
    return delivery


def _put(order: _Order, folder: Path, since: int, mark: str, kept: dict[str, Any]) -> Delivery:
    """Write what is told after the second ``since`` into files of that mark, and the truth; note them all."""
    part = folder / f".{TRUTH}.part"
    try:
        facts, truth_facts = _write_parts(order, folder, part, since, mark)
        kept = {file: known for file, known in kept.items() if not file.startswith(f"{TRUTH}/")}
        content = json.dumps({"made_from": order.made_from, "files": {**kept, **facts, **truth_facts}}, indent=1)
        _part(folder, MANIFEST).write_text(content + "\n", encoding="utf-8")
        # the manifest first: killed here, the next run finds other hashes and makes the files anew
        for file in (MANIFEST, *facts):
            os.replace(_part(folder, file), folder / file)
        shutil.rmtree(folder / TRUTH, ignore_errors=True)
        part.rename(folder / TRUTH)
    finally:
        _clear(folder)
    rows = {table: facts[order.file(table, mark)]["rows"] for table in TABLES if order.file(table, mark) in facts}
    return Delivery(folder, rows, *order.dates, is_unchanged=False)


def _write_parts(
    order: _Order, folder: Path, truth_folder: Path, since: int, mark: str
) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """Write all files under temporary names; return rows, bytes and hash of each by its final name."""
    book = open_book(order.parameters)
    truth = Truth(book)
    now = end_of(order.parameters, order.parameters.last_date)
    told = set(book.months_told(since, now))
    months = book.months(book.demand.first, book.demand.end)

    def make(first_day: int, end_day: int) -> tuple[Month, dict[str, Any]]:
        month = book.make(first_day, end_day)
        tables = book.tables(month, since, now) if (first_day, end_day) in told else {}
        return month, {table: _content(order, rows) for table, rows in tables.items()}

    disable = None if order.progress and order.parameters.orders >= BAR_ORDERS else True
    with ExitStack() as stack:
        writers = {
            table: stack.enter_context(_Writer(order, table, _part(folder, order.file(table, mark)), book))
            for table in TABLES
        }
        for table, rows in people_and_products(book, since, now).items():
            writers[table].append(_content(order, rows))
        made = in_order(make, months, order.workers)
        for month, tables in tqdm(made, total=len(months), desc="months", unit="", leave=False, disable=disable):
            truth.add(month)
            for table, content in tables.items():
                writers[table].append(content)
    facts = {}
    for writer in writers.values():
        facts |= writer.facts(folder, order, mark)
    flawed = [row for writer in writers.values() for row in writer.flawed]
    return facts, _write_truth(truth, truth_folder, order, flawed)


def _content(order: _Order, table: pa.Table) -> tuple[pa.Table, bytes | None]:
    """Rows, and the same as CSV where that is asked."""
    return table, _csv_bytes(table) if order.file_format == "csv" else None


def _csv_bytes(table: pa.Table) -> pa.Buffer:
    """Rows as CSV without a header."""
    sink = pa.BufferOutputStream()
    if table.num_rows:
        # in one piece, because Arrow's writer repeats stale bytes for a piece without rows
        csv.write_csv(_with_iso_times(table.combine_chunks()), sink, WRITE_OPTIONS)
    return sink.getvalue()


class _Writer:
    """A file that grows, with its hash."""

    def __init__(self, order: _Order, table: str, path: Path, book: OrderBook) -> None:
        self.table, self.path, self.rows = table, path, 0
        self._order, self._book = order, book
        self._file: BinaryIO | None = None
        self._parquet: pq.ParquetWriter | None = None
        self._flaws: FlawMaker | None = None

    def __enter__(self) -> _Writer:
        self._file = self.path.open("wb")
        return self

    def __exit__(self, *_: object) -> None:
        if self._parquet:
            self._parquet.close()
        self._file.close()

    @property
    def flawed(self) -> list[FlawedRow]:
        return self._flaws.rows if self._flaws else []

    def append(self, content: tuple[pa.Table, bytes | None]) -> None:
        table, as_csv = content
        if as_csv is None:
            if self._parquet is None:
                self._parquet = pq.ParquetWriter(self._file, table.schema, compression="zstd")
            self._parquet.write_table(table)
        elif self._order.flaws.are_on:
            if self._flaws is None:
                self._flaws = FlawMaker(self._order.flaws, self.table, table.column_names, self._book.streams)
                if self._order.flaws.encoding == "utf-16":
                    self._file.write("\ufeff".encode("utf-16-le"))
                self._file.write(self._flaws.header())
            self._file.write(self._flaws.apply(bytes(as_csv)))
        else:
            if not self._file.tell():
                self._file.write((",".join(table.column_names) + "\n").encode())
            self._file.write(as_csv)
        self.rows += table.num_rows

    def facts(self, folder: Path, order: _Order, mark: str) -> dict[str, dict[str, Any]]:
        """Facts of the file, and of the one of late rows; an extension without rows leaves no file."""
        if mark and not self.rows:
            self.path.unlink()
            return {}
        facts = {order.file(self.table, mark): facts_of(self.path, self.rows)}
        if self._flaws and self._flaws.late:
            late = order.file(self.table, LATE_FILE_MARK)
            bom = "\ufeff".encode("utf-16-le") if order.flaws.encoding == "utf-16" else b""
            _part(folder, late).write_bytes(bom + self._flaws.header() + b"".join(self._flaws.late))
            facts[late] = facts_of(_part(folder, late), len(self._flaws.late))
            facts[order.file(self.table, mark)]["rows"] = self._flaws.line - 2
        elif self._flaws:
            facts[order.file(self.table, mark)]["rows"] = self._flaws.line - 2
        return facts


def _write_truth(truth: Truth, folder: Path, order: _Order, flawed: list[FlawedRow]) -> dict[str, dict[str, Any]]:
    folder.mkdir()
    rows = {}
    for name, table in truth.tables():
        csv.write_csv(table, folder / f"{name}.csv", csv.WriteOptions(quoting_style="needed"))
        rows[f"{name}.csv"] = table.num_rows
    if order.flaws.are_on:
        columns = {known.name: [getattr(row, known.name) for row in flawed] for known in fields(FlawedRow)}
        csv.write_csv(pa.table(columns), folder / "flaws.csv", csv.WriteOptions(quoting_style="needed"))
        rows["flaws.csv"] = len(flawed)
    known = {**truth.parameters(), "flaws": asdict(order.flaws), "last_date": str(order.parameters.last_date)}
    (folder / "parameters.json").write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    (folder / NO_DELIVERY).touch()
    rows["parameters.json"] = 1
    return {f"{TRUTH}/{file}": facts_of(folder / file, count) for file, count in rows.items()}


def _with_iso_times(table: pa.Table) -> pa.Table:
    for position, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            seconds = table[field.name].combine_chunks().view(pa.int64()).to_numpy()
            table = table.set_column(position, field.name, texts(iso_bytes(seconds, field.type.tz)))
    return table


def csv_text(table: pa.Table) -> bytes:
    """Rows as the content of a CSV file, with its header."""
    return (",".join(table.column_names) + "\n").encode() + _csv_bytes(table).to_pybytes()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _part(folder: Path, file: str) -> Path:
    return folder / f".{file}.part"


def _clear(folder: Path) -> None:
    """Take away what a run that was killed, or failed, has left behind."""
    for path in folder.glob(".*.part"):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


@contextmanager
def _held(folder: Path) -> Iterator[Path]:
    """Hold a folder, made if need be, against other writers; the lock ends with the process, however that ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            _clear(folder)
            yield folder
        finally:
            os.close(descriptor)
    except OSError as error:
        raise DataError(
            f"cannot write into {folder}: {error.strerror or error}; choose another folder with --out"
        ) from None
