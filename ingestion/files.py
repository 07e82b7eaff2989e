"""A delivered file as bytes: found, decompressed, identified by its content, and in one encoding."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ingestion.sources import FILE_KINDS
from warehouse import DataError, UsageError

BLOCK_BYTES = 1 << 18
NO_DELIVERY = ".noload"
ARROW_CODECS = {".gz": "gzip", ".zst": "zstd"}


def find_files(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """The files to load, folders replaced by the data files below them in order of name; and what was passed over.

    Hidden files are ignored, as is everything in a folder that holds a file ``.noload``. Others in a folder
    that are no data file (a README) are passed over too, but returned, so that it can be said. Raises UsageError for a
    path that is not there or no data file itself.
    """
    found: list[Path] = []
    passed_over: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            closed = {mark.parent for mark in path.rglob(NO_DELIVERY)}
            inside = sorted(
                file
                for file in path.rglob("*")
                if file.is_file()
                and not any(part.startswith(".") for part in file.relative_to(path).parts)
                and closed.isdisjoint(file.parents)
            )
            found += [file for file in inside if is_data_file(file)]
            passed_over += [file for file in inside if not is_data_file(file)]
        elif not path.exists():
            raise UsageError(f"{path}: there is no such file or folder")
        elif not is_data_file(path):
            raise UsageError(f"{path}: the name must end in one of {', '.join(FILE_KINDS)}")
        else:
            found.append(path)
    return list(dict.fromkeys(found)), passed_over


def is_data_file(path: Path) -> bool:
    """Whether the name says that the file is of a kind that can be loaded, and not hidden."""
    return path.name.lower().endswith(FILE_KINDS) and not path.name.startswith(".")


def is_parquet(path: Path) -> bool:
    """Whether the name says that the file is Parquet."""
    return path.suffix.lower() == ".parquet"


def delivered_name(path: Path) -> str:
    """The name by which a delivery is known: compressed or not, it is the same file."""
    return path.name[: -len(path.suffix)] if path.suffix.lower() in ARROW_CODECS else path.name


def known_encoding(name: str) -> str:
    """The canonical name of a text encoding; raises UsageError for an unknown one."""
    try:
        "x".encode(name)  # also refuses codecs that are none of text, such as hex
        return codecs.lookup(name).name
    except LookupError:
        raise UsageError(f"there is no encoding {name!r}; try utf-8, latin-1 or cp1252") from None


def content_hash(path: Path, encoding: str, on_bytes: Callable[[int], None]) -> str:
    """SHA-256 of the decompressed content, in hexadecimal digits.

    Reads the whole file, so that one that is empty, cut short or not in its encoding is refused (DataError) before
    anything is written. ``on_bytes`` is told how many bytes of the file as it lies there were read.
    """
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder(encoding)()
    length = 0
    for block in _content_blocks(path, on_bytes):
        digest.update(block)
        if not is_parquet(path):
            _decode(path, decoder, block, length)
        length += len(block)
    if length == 0:
        raise DataError(f"{path}: the file is empty, it has not even a header; deliver it again")
    if not is_parquet(path):
        _decode(path, decoder, b"", length, is_last=True)
    return digest.hexdigest()


def text_blocks(path: Path, encoding: str, on_bytes: Callable[[int], None]) -> Iterator[bytes]:
    """The decompressed content in UTF-8, in blocks that end anywhere, without a byte-order mark.

    UTF-8 passes untouched: that it is valid was seen when the content was identified.
    """
    blocks = _content_blocks(path, on_bytes)
    if encoding != "utf-8":
        decoder = codecs.getincrementaldecoder(encoding)()
        blocks = (decoder.decode(block).encode() for block in blocks)
    first = next(blocks, b"")
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from blocks


def _decode(path: Path, decoder: codecs.IncrementalDecoder, block: bytes, before: int, is_last: bool = False) -> None:
    pending = decoder.getstate()[0]
    try:
        decoder.decode(block, is_last)
    except UnicodeDecodeError as error:
        place = before - len(pending) + error.start
        raise DataError(
            f"{path}: byte {place} (0x{error.object[error.start]:02x}) is not {error.encoding}; "
            "give the encoding of the file, as in --encoding latin-1, or deliver it in UTF-8"
        ) from None


def _content_blocks(path: Path, on_bytes: Callable[[int], None]) -> Iterator[bytes]:
    with _opened(path) as (raw, content):
        position = 0
        while block := _read(path, content):
            yield block
            on_bytes(raw.tell() - position)
            position = raw.tell()


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    codec = ARROW_CODECS.get(path.suffix.lower())
    try:
        raw = path.open("rb")
    except OSError as error:
        raise DataError(f"{path}: the file cannot be opened: {error.strerror}") from None
    with raw:
        if codec is None:
            yield raw, raw
        else:
            import pyarrow  # a quarter of a second that plain files need not wait

            yield raw, pyarrow.CompressedInputStream(raw, codec)


def _read(path: Path, content: BinaryIO) -> bytes:
    try:
        return content.read(BLOCK_BYTES)
    except OSError as error:
        raise DataError(
            f"{path}: the file is damaged, cut short or still being written ({error}); nothing of it was loaded, "
            "deliver it again"
        ) from None
