"""The shop as files: whole or not at all, and not again when they are already there."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import csv

from seeds_generator.clock import iso_bytes
from seeds_generator.columns import texts
from seeds_generator.parameters import Parameters
from seeds_generator.shop import TABLES, parts
from warehouse import DataError

MANIFEST = ".shop.json"  # hidden, so that nobody takes it for data
FILES = {table: f"{table}.csv" for table in TABLES}
LIBRARIES = ("faker", "holidays", "numpy", "pyarrow")  # another version may make another shop
WRITE_OPTIONS = csv.WriteOptions(include_header=False, batch_size=65_536, quoting_style="none")


@dataclass(frozen=True)
class Delivery:
    """What lies in a folder: rows per table, and whether it was there already."""

    folder: Path
    rows: dict[str, int]
    is_unchanged: bool


def write(parameters: Parameters, folder: Path | str) -> Delivery:
    """Write the five CSV files of a shop into a folder, month by month.

    Files appear only when all of them are complete; until then the old ones stay. A folder that already
    holds this very shop is left alone: its files are compared with the hashes noted when they were written.
    Two writers of one folder wait for each other.

    Raises DataError where the folder cannot be written, or holds such files that are not the generator's.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone_in(folder):
            return _write(parameters, folder)
    except OSError as error:
        raise DataError(
            f"cannot write into {folder}: {error.strerror or error}; choose another folder with --out"
        ) from None


def _write(parameters: Parameters, folder: Path) -> Delivery:
    for file in (*FILES.values(), MANIFEST):
        _part(folder, file).unlink(missing_ok=True)  # of a run that was killed
    made_from = {
        "parameters": json.loads(json.dumps(asdict(parameters), default=str)),
        "generator": _generator(),
    }
    noted = _manifest(folder)
    if noted is None:
        foreign = [file for file in FILES.values() if (folder / file).exists()]
        if foreign:
            raise DataError(
                f"{folder} holds {', '.join(foreign)} from elsewhere, which the shop would overwrite; "
                "move it away or choose another folder with --out"
            )
    elif noted["made_from"] == made_from and all(
        _is_intact(folder / file, noted["files"].get(file)) for file in FILES.values()
    ):
        rows = {table: noted["files"][file]["rows"] for table, file in FILES.items()}
        return Delivery(folder, rows, is_unchanged=True)

    try:
        facts = _write_parts(parameters, folder)
        content = json.dumps({"made_from": made_from, "files": facts}, indent=1)
        _part(folder, MANIFEST).write_text(content + "\n", encoding="utf-8")
        # the manifest first: killed here, the next run finds other hashes and makes the files anew
        for file in (MANIFEST, *FILES.values()):
            os.replace(_part(folder, file), folder / file)
    finally:
        for file in (*FILES.values(), MANIFEST):
            _part(folder, file).unlink(missing_ok=True)
    rows = {table: facts[file]["rows"] for table, file in FILES.items()}
    return Delivery(folder, rows, is_unchanged=False)


def _write_parts(parameters: Parameters, folder: Path) -> dict[str, dict[str, Any]]:
    """Write all files under temporary names; return rows, bytes and hash of each by its final name."""
    with ExitStack() as stack:
        writers = {table: _Writer(stack.enter_context(_part(folder, file).open("wb"))) for table, file in FILES.items()}
        for part in parts(parameters):
            for table, rows in part.items():
                writers[table].append(rows)
    return {file: writers[table].facts() for table, file in FILES.items()}


class _Writer:
    """A CSV file that grows, with its hash."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.rows = 0
        self.bytes = 0
        self.hash = hashlib.sha256()

    def append(self, table: pa.Table) -> None:
        if not self.bytes:
            self._write((",".join(table.column_names) + "\n").encode())
        sink = pa.BufferOutputStream()
        csv.write_csv(_with_iso_times(table), sink, WRITE_OPTIONS)
        self._write(sink.getvalue())
        self.rows += table.num_rows

    def _write(self, content: bytes | pa.Buffer) -> None:
        self.file.write(content)
        self.hash.update(content)
        self.bytes += len(content)

    def facts(self) -> dict[str, Any]:
        return {"rows": self.rows, "bytes": self.bytes, "sha256": self.hash.hexdigest()}


def _with_iso_times(table: pa.Table) -> pa.Table:
    for position, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            seconds = table[field.name].combine_chunks().view(pa.int64()).to_numpy()
            table = table.set_column(position, field.name, texts(iso_bytes(seconds, field.type.tz)))
    return table


def _generator() -> str:
    """A fingerprint of the code that makes the shop: files of an older generator are not this one's."""
    fingerprint = hashlib.sha256()
    for module in sorted(Path(__file__).parent.glob("*.py")):
        fingerprint.update(module.read_bytes())
    fingerprint.update(" ".join(f"{library} {version(library)}" for library in LIBRARIES).encode())
    return fingerprint.hexdigest()


def _manifest(folder: Path) -> dict[str, Any] | None:
    """What was noted when the files were written; None where the generator wrote nothing."""
    try:
        noted = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        noted = None  # damaged, but ours
    is_readable = isinstance(noted, dict) and isinstance(noted.get("files"), dict) and "made_from" in noted
    return noted if is_readable else {"made_from": None, "files": {}}


def _is_intact(path: Path, facts: dict[str, Any] | None) -> bool:
    try:
        if not facts or path.stat().st_size != facts["bytes"]:
            return False
        fingerprint = hashlib.sha256()
        with path.open("rb") as content:
            while block := content.read(1 << 20):
                fingerprint.update(block)
    except (FileNotFoundError, KeyError):
        return False
    return fingerprint.hexdigest() == facts["sha256"]


def _part(folder: Path, file: str) -> Path:
    return folder / f".{file}.part"


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder against other writers; the lock ends with the process, however that ends."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
