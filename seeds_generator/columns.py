"""Exact columns: ids of even width, money from cents, times with a zone."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from warehouse import UsageError

MONEY = pa.decimal128(18, 2)


def ids(letter: str, numbers: np.ndarray, width: int) -> pa.Array:
    """Ids such as O0000042: a letter and ``width`` digits with leading zeros; strings, shape (n,)."""
    text = np.empty((len(numbers), width + 1), dtype=np.uint8)
    text[:, 0] = ord(letter)
    rest = np.asarray(numbers, dtype=np.int64)
    if len(rest) and int(rest.max()) >= 10**width:
        raise UsageError(f"--through is too far: ids such as {letter}{'0' * (width - 1)}1 have no more digits")
    for column in range(width, 0, -1):
        rest, digit = np.divmod(rest, 10)
        text[:, column] = digit + ord("0")
    return texts(text)


def id_width(count: int, least: int) -> int:
    """Digits of the ids of a shop that began with so many things: enough for four times as many, at least ``least``."""
    return max(least, len(str(4 * count)))


def texts(characters: np.ndarray) -> pa.Array:
    """Strings of equal length from a uint8 array of shape (n, length)."""
    count, length = characters.shape
    ends = np.arange(0, (count + 1) * length, length, dtype=np.int32)[: count + 1]
    return pa.Array.from_buffers(
        pa.string(), count, [None, pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(characters))]
    )


def money(cents: np.ndarray) -> pa.Array:
    """Amounts with two exact decimals from integer cents; decimal(18, 2), shape (n,)."""
    words = np.empty((len(cents), 2), dtype="<i8")  # Arrow keeps a decimal as 128 bits, the low half first
    words[:, 0] = cents
    words[:, 1] = words[:, 0] >> 63
    return pa.Array.from_buffers(MONEY, len(cents), [None, pa.py_buffer(words)])


def times(utc_seconds: np.ndarray, time_zone: str) -> pa.Array:
    """Time stamps in a zone from seconds since 1970 in UTC; timestamp[s, zone], shape (n,)."""
    return pa.array(np.asarray(utc_seconds, dtype=np.int64)).view(pa.timestamp("s", tz=time_zone))


def picks(values: pa.Array, positions: np.ndarray, is_missing: np.ndarray | None = None) -> pa.Array:
    """``values`` at these positions, shape (n,); null where ``is_missing``."""
    return values.take(pa.array(np.asarray(positions, dtype=np.int64), mask=is_missing))
