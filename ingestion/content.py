"""The content of a file as rows of CSV bytes under known columns: one way for CSV and Parquet."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingestion.files import is_parquet, text_blocks
from ingestion.sources import Column, Table
from warehouse import DataError

LONGEST_HEADER_BYTES = 1 << 16
LONGEST_RECORD_BYTES = 1 << 20  # what goes on beyond this is an unclosed quote, or no CSV
PARQUET_ROWS = 1 << 14


@dataclass(frozen=True)
class Content:
    """Rows of CSV in UTF-8, in blocks that end anywhere.

    ``columns`` are in the order of the fields, None where the source does not declare the field; ``ignored`` names
    those. ``first_line`` is the number of the first row: in CSV its line, after the header's 1; in Parquet 1.
    """

    path: Path
    columns: tuple[Column | None, ...]
    ignored: tuple[str, ...]
    first_line: int
    blocks: Iterator[bytes]


def open_content(path: Path, table: Table, encoding: str, on_bytes: Callable[[int], None]) -> Content:
    """The rows of a file that belongs to a table; raises DataError when its columns are not those of the table."""
    if is_parquet(path):
        return _open_parquet(path, table, on_bytes)
    blocks = text_blocks(path, encoding, on_bytes)
    start = b""
    while b"\n" not in start and len(start) <= LONGEST_HEADER_BYTES and (block := next(blocks, b"")):
        start += block
    header, _, rest = start.partition(b"\n")
    names = _header_names(path, header.rstrip(b"\r"))
    columns = match_columns(path, table, names)
    return Content(path, columns, _ignored(names, columns), 2, _chained(rest, blocks))


def match_columns(path: Path, table: Table, names: Sequence[str]) -> tuple[Column | None, ...]:
    """For each name of a file's header the declared column: by the exact name, else letter case aside.

    Raises DataError when a name stands twice or a declared column is missing that is not optional.
    """
    named = [name for name in names if name]  # spreadsheets leave nameless columns behind
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"{path}: the column {twice!r} is in the header twice; rename one of them")
    found: dict[str, Column] = {}
    for column in table.columns:
        alike = [name for name in named if name.lower() == column.raw_name]
        if column.name in alike or len(alike) == 1:
            found[column.name if column.name in alike else alike[0]] = column
        elif alike:
            raise DataError(f"{path}: {', '.join(alike)} could all be the column {column.name}; rename all but one")
        elif not column.is_optional:
            raise DataError(f"{path}: {_missing(column, table, named)}")
    return tuple(found.get(name) for name in names)


def _missing(column: Column, table: Table, names: Sequence[str]) -> str:
    text = f"the column {column.name} of the table {table.name} is missing"
    if len(names) == 1 and (mark := next((mark for mark in ";\t|" if mark in names[0]), None)):
        return f"{text}: the fields seem to be separated by {mark!r}; separate them by commas"
    taken = {known.raw_name for known in table.columns}
    free = [name for name in names if name.lower() not in taken]
    nearest = difflib.get_close_matches(column.name.lower(), [name.lower() for name in free], n=1, cutoff=0.4)
    if nearest:
        name = next(name for name in free if name.lower() == nearest[0])
        return f"{text}; the nearest in the file is {name!r}: rename it if that is meant"
    return f"{text}; the file has {', '.join(map(repr, names[:20])) or 'no column'}"


def _ignored(names: Sequence[str], columns: Sequence[Column | None]) -> tuple[str, ...]:
    return tuple(name or "(nameless)" for name, column in zip(names, columns, strict=True) if column is None)


def _header_names(path: Path, header: bytes) -> list[str]:
    if len(header) > LONGEST_HEADER_BYTES:
        raise DataError(f"{path}: the header (line 1) is longer than {LONGEST_HEADER_BYTES} bytes; is this a CSV file?")
    try:
        return next(csv.reader([header.decode()], strict=True), [])
    except csv.Error as error:
        raise DataError(f"{path}: the header (line 1) cannot be read: {error}") from None


def _chained(rest: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    yield rest
    yield from blocks


def _open_parquet(path: Path, table: Table, on_bytes: Callable[[int], None]) -> Content:
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(f"{path}: the file is no Parquet or damaged: {' '.join(str(error).split())}") from None
    names = file.schema_arrow.names
    columns = match_columns(path, table, names)
    wanted = [name for name, column in zip(names, columns, strict=True) if column is not None]
    blocks = _parquet_blocks(path, file, wanted, on_bytes)
    kept = tuple(column for column in columns if column is not None)
    return Content(path, kept, _ignored(names, columns), 1, blocks)


def _parquet_blocks(path: Path, file, wanted: list[str], on_bytes: Callable[[int], None]) -> Iterator[bytes]:
    import pyarrow
    import pyarrow.csv

    options = pyarrow.csv.WriteOptions(include_header=False)
    share = path.stat().st_size / max(file.metadata.num_rows, 1)
    try:
        for batch in file.iter_batches(batch_size=PARQUET_ROWS, columns=wanted):
            batch.validate(full=True)  # or a text that is not UTF-8 would reach the database
            body = pyarrow.BufferOutputStream()
            pyarrow.csv.write_csv(batch.select(wanted), body, options)
            yield body.getvalue().to_pybytes()
            on_bytes(round(batch.num_rows * share))
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(f"{path}: a column cannot be read: {' '.join(str(error).split())}") from None
