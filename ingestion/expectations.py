"""What the current rows of a raw table are expected to hold, read off its declaration in the dbt source YAML.

What the loader enforces fails as an error: unique keys, columns with the data test ``not_null``, the ``range`` under
``config.meta`` of a column. What is merely usual warns, unless ``severity: error`` stands beside it.
Under ``config.meta`` of a column, ``expect`` may hold ``range`` (least and greatest value, either may be null),
``domain`` (the list of values that may occur) and ``null_rate`` (the greatest share of rows without a value, 0 to 1).
Under that of a table, ``volume`` may hold ``day`` (the column whose days are compared) and ``per`` (a column, such as
the store: each of its values has days of its own).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingestion.sources import Column

ERROR, WARN = "error", "warn"
COLUMN_RULES = ("range", "domain", "null_rate")
VOLUME_RULES = ("day", "per")
FURTHEST_OFFSET = timedelta(hours=14)  # a date in the file may differ from the date in UTC by so much


@dataclass(frozen=True)
class Expectation:
    """One thing expected of a raw table: a name of its own within the table, a sentence, and "error" or "warn"."""

    name: str
    description: str
    severity: str


@dataclass(frozen=True)
class UniqueKey(Expectation):
    """No two rows have the same values in all of ``columns``."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class Filled(Expectation):
    """At most ``null_rate`` (0 to 1) of the rows have no value in ``column``."""

    column: str
    null_rate: float


@dataclass(frozen=True)
class InRange(Expectation):
    """Values of ``column`` lie from ``least`` to ``greatest``; None leaves an end open."""

    column: str
    least: float | date | None
    greatest: float | date | None


@dataclass(frozen=True)
class InDomain(Expectation):
    """Values of ``column`` are among ``values``."""

    column: str
    values: tuple[str | int, ...]


@dataclass(frozen=True)
class UsualVolume(Expectation):
    """The newest complete days have about as many rows as the same weekday of the weeks before.

    Days are those of ``column`` (in ``time_zone`` where it holds instants, else None), for each value of ``per``.
    """

    column: str
    time_zone: str | None
    per: str | None


def read_expectations(
    columns: Sequence[tuple[Column, Mapping]], row_key: tuple[str, ...], volume: object, time_zone: str | None
) -> tuple[Expectation, ...]:
    """The suite of a table, from its columns, with the settings under their meta, in their order.

    ``volume`` and ``time_zone`` stand under the table's meta. Raises ValueError for what cannot be used.
    """
    suite: list[Expectation] = [
        UniqueKey("key_is_unique", f"The key ({', '.join(row_key)}) is unique.", ERROR, row_key)
    ]
    for column, meta in columns:
        try:
            suite += _promised(column, meta)
            suite += _expected(column, meta.get("expect"))
        except (ValueError, OverflowError) as error:  # the calendar ends with the year 9999
            raise ValueError(f"column {column.name}: {error}") from None
    if volume is not None:
        suite.append(_usual_volume(volume, {column.raw_name: column.data_type for column, _ in columns}, time_zone))
    names = [expectation.name for expectation in suite]
    alike = next((name for name in names if names.count(name) > 1), None)
    if alike:
        raise ValueError(f"two columns would both have the expectation {alike}; rename one of them")
    return tuple(suite)


def _promised(column: Column, meta: Mapping) -> Iterator[Expectation]:
    name = column.raw_name
    if column.is_required:
        yield Filled(_named(name, "is_filled"), f"{name} is never null.", ERROR, name, 0.0)
    if meta.get("range"):
        yield _in_range(column, "in_range", meta["range"], ERROR)


def _expected(column: Column, declared: object) -> Iterator[Expectation]:
    if declared is None:
        return
    severity = _severity("expect", declared, COLUMN_RULES)
    if "range" in declared:
        yield _in_range(column, "in_expected_range", declared["range"], severity)
    if "domain" in declared:
        yield _in_domain(column, declared["domain"], severity)
    if "null_rate" in declared:
        yield _mostly_filled(column, declared["null_rate"], severity)


def _in_domain(column: Column, values: object, severity: str) -> InDomain:
    kind = {"text": str, "integer": int, "bigint": int}.get(column.data_type)
    if kind is None:
        raise ValueError(f"a domain is for texts and whole numbers, not for {column.data_type}")
    if not isinstance(values, list) or not values or any(type(value) is not kind for value in values):
        wanted = "texts (in quotes where YAML would read them otherwise)" if kind is str else "whole numbers"
        raise ValueError(f"the domain must be a list of {wanted}, not {values}")
    sentence = f"{column.raw_name} is one of {', '.join(map(str, values))}."
    return InDomain(_named(column.raw_name, "in_domain"), sentence, severity, column.raw_name, tuple(values))


def _mostly_filled(column: Column, rate: object, severity: str) -> Filled:
    if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 <= rate <= 1:
        raise ValueError(f"the null_rate must be a share from 0 to 1, not {rate}")
    if column.is_required:
        raise ValueError("a null_rate says nothing where every null is forbidden already; take it away")
    sentence = f"{column.raw_name} is null in at most {100 * rate:g} % of the rows."
    return Filled(_named(column.raw_name, "is_mostly_filled"), sentence, severity, column.raw_name, float(rate))


def _in_range(column: Column, suffix: str, bounds: object, severity: str) -> InRange:
    if column.data_type in ("date", "timestamptz"):
        kind, wanted = date, "dates"
    elif column.data_type in ("integer", "bigint") or column.data_type.startswith("numeric"):
        kind, wanted = (int, float), "numbers"
    else:
        raise ValueError(f"a range is for numbers, dates and times, not for {column.data_type}")
    if (
        not isinstance(bounds, list)
        or len(bounds) != 2
        or bounds == [None, None]
        or any(bound is not None and (isinstance(bound, bool) or not isinstance(bound, kind)) for bound in bounds)
        or (None not in bounds and bounds[0] > bounds[1])
    ):
        raise ValueError(f"the range must be two {wanted}, the lesser first, or null for an open end; not {bounds}")
    least, greatest = bounds
    ends = [f"from {least}" if least is not None else "", f"to {greatest}" if greatest is not None else ""]
    sentence = f"{column.raw_name} lies {' '.join(filter(None, ends))}."
    if column.data_type == "timestamptz":
        least = least and _instant(least) - FURTHEST_OFFSET
        greatest = greatest and _instant(greatest) + timedelta(days=1) + FURTHEST_OFFSET
    return InRange(_named(column.raw_name, suffix), sentence, severity, column.raw_name, least, greatest)


def _usual_volume(volume: object, types: Mapping[str, str], time_zone: str | None) -> UsualVolume:
    severity = _severity("volume", volume, VOLUME_RULES)
    named = {rule: str(volume[rule]).lower() for rule in VOLUME_RULES if volume.get(rule) is not None}
    unknown = next((name for name in named.values() if name not in types), None)
    if unknown:
        raise ValueError(f"volume: there is no column {unknown}")
    day, per = named.get("day"), named.get("per")
    if types.get(day) not in ("date", "timestamptz"):
        raise ValueError(f"volume: day must name a column of type date or timestamptz, not {day}")
    sentence = "The newest complete days have about as many rows as the same weekday of the weeks before"
    zone = (time_zone or "UTC") if types[day] == "timestamptz" else None
    where = [f"days of {day}" + (f" in {zone}" if zone else "")] + ([f"for each {per}"] if per else [])
    return UsualVolume("volume_is_usual", f"{sentence} ({', '.join(where)}).", severity, day, zone, per)


def _severity(name: str, declared: object, rules: Sequence[str]) -> str:
    known = (*rules, "severity")
    if not isinstance(declared, dict) or not set(declared) - {"severity"}:
        raise ValueError(f"{name} must be a mapping with {', '.join(rules)}, not {declared}")
    for key in declared:
        if key not in known:
            nearest = difflib.get_close_matches(str(key), known, n=1)
            raise ValueError(f"{name} knows no {key}; {f'did you mean {nearest[0]}?' if nearest else ', '.join(known)}")
    severity = declared.get("severity", WARN)
    if severity not in (ERROR, WARN):
        raise ValueError(f"{name}: the severity is error or warn, not {severity}")
    return severity


def _named(column: str, suffix: str) -> str:
    return f"{re.sub(r'[^a-z0-9_]', '_', column)}_{suffix}"


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.utc)
