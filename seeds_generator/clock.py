"""Times of a store's zone: from the clock on the wall to UTC and to ISO text, for whole arrays."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from warehouse import UsageError

DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600
FIRST_YEAR, LAST_YEAR = 1990, 2101  # wider than any history


def to_utc(wall_seconds: np.ndarray, time_zone: str) -> np.ndarray:
    """Seconds since 1970 in UTC of times on the store's wall clock, given as if that clock were UTC; int64.

    An hour skipped in spring is taken an hour later; of the hour that autumn repeats, the first is meant.
    """
    changes, offsets = _offset_changes(time_zone)
    # from this reading of the wall clock on, the new offset holds without doubt
    settled = changes + np.maximum(offsets[1:], offsets[:-1])
    return wall_seconds - offsets[np.searchsorted(settled, wall_seconds, side="right")]


def local_seconds(utc_seconds: np.ndarray, time_zone: str) -> np.ndarray:
    """Readings of the store's wall clock, as if it were UTC, at these seconds since 1970 in UTC; int64."""
    changes, offsets = _offset_changes(time_zone)
    return utc_seconds + offsets[np.searchsorted(changes, utc_seconds, side="right")]


def iso_bytes(utc_seconds: np.ndarray, time_zone: str) -> np.ndarray:
    """ISO 8601 text with offset, such as 2025-12-31T18:05:09+01:00; uint8 array, shape (n, 25)."""
    changes, offsets = _offset_changes(time_zone)
    offset = offsets[np.searchsorted(changes, utc_seconds, side="right")]
    wall_seconds = utc_seconds + offset
    text = np.empty((len(utc_seconds), 25), dtype=np.uint8)

    day = wall_seconds // DAY_SECONDS
    first_day, last_day = (int(day.min()), int(day.max())) if len(day) else (0, 0)
    known_days = np.datetime_as_string(np.arange(first_day, last_day + 1).astype("datetime64[D]")).astype("S10")
    text[:, :10] = known_days.view(np.uint8).reshape(-1, 10)[day - first_day]
    text[:, [10, 13, 16, 22]] = np.frombuffer(b"T:::", dtype=np.uint8)

    second = wall_seconds - day * DAY_SECONDS
    magnitude = np.abs(offset)
    text[:, 19] = np.where(offset < 0, ord("-"), ord("+"))
    for column, number in (
        (11, second // HOUR_SECONDS),
        (14, second // 60 % 60),
        (17, second % 60),
        (20, magnitude // HOUR_SECONDS),
        (23, magnitude // 60 % 60),
    ):
        text[:, column] = number // 10 + ord("0")
        text[:, column + 1] = number % 10 + ord("0")
    return text


@cache
def _offset_changes(time_zone: str) -> tuple[np.ndarray, np.ndarray]:
    """UTC seconds at which a zone's offset changes, (n,), and the offsets before and after, (n + 1,)."""
    try:
        zone = ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):
        raise UsageError(f"unknown time zone {time_zone!r}; wanted an IANA name such as Europe/Berlin") from None

    def offset_at(second: int) -> int:
        moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=second)
        return int(moment.astimezone(zone).utcoffset().total_seconds())

    # offsets last for weeks (the shortest, Ramadan in Morocco, four), so a look every ten days misses none
    looks = np.arange(
        np.datetime64(f"{FIRST_YEAR}-01-01"), np.datetime64(f"{LAST_YEAR}-01-01"), np.timedelta64(10, "D")
    )
    changes, offsets = [], [offset_at(int(looks[0].astype("datetime64[s]").astype(int)))]
    for look in looks[1:].astype("datetime64[s]").astype(int).tolist():
        if (offset := offset_at(look)) != offsets[-1]:
            before, after = look - 10 * DAY_SECONDS, look
            while after - before > 1:
                middle = (before + after) // 2
                before, after = (middle, after) if offset_at(middle) == offsets[-1] else (before, middle)
            changes.append(after)
            offsets.append(offset)
    return np.array(changes, dtype=np.int64), np.array(offsets, dtype=np.int64)
