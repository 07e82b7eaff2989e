"""From the declared type of a column to the pattern of bytes that can be read as it: the data contract at load.

PostgreSQL itself reads more than is meant (NaN, infinity, 1e3, 0x10, 1_000, 24:00, tomorrow) and rounds in silence,
so whatever passes here must be a value that the typed COPY stores exactly as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

FIRST_DATE = date(1995, 1, 1)  # online shops do not reach further back
LONGEST_KEY_BYTES = 500  # an index entry of PostgreSQL holds less than 2,704 bytes
INTEGER_BITS = {"integer": 32, "bigint": 64}

# What a text may be made of: outside of quotes, inside on one line, inside over several lines.
BARE = rb'[^",\r\n\x00]'
QUOTED = rb'[^"\r\n\x00]'
QUOTED_LINES = rb'[^"\x00]'

# Empty, blank, or the word NULL: nothing, however it is written.
NOTHING = rb'(?:"?(?: *|[Nn][Uu][Ll][Ll])"?(?=[,\r\n]))'


@dataclass(frozen=True)
class ValuePattern:
    """What may stand in a field: ``inside`` is a regular expression (None for text), ``wanted`` says it in words."""

    inside: bytes | None
    wanted: str


def value_pattern(data_type: str, has_time_zone: bool, bounds: tuple | None, today: date) -> ValuePattern:
    """The pattern of a declared type.

    ``has_time_zone``: times without an offset can be read, because their zone is declared. ``bounds``: least and
    greatest value of a number, a date or a time, where others than the usual are declared. ``today``: dates after the
    day after it are refused. Raises ValueError for a type or bounds that are not of the contract.
    """
    if data_type == "text":
        return ValuePattern(None, "text")
    if data_type == "boolean":
        return ValuePattern(rb"(?:(?i:true|false|yes|no|[tfyn])|[01])", "true or false")
    if data_type in INTEGER_BITS:
        limit = 2 ** (INTEGER_BITS[data_type] - 1)
        low, high = bounds or (-limit, limit - 1)
        if not (isinstance(low, int) and isinstance(high, int) and -limit <= low <= 0 <= high < limit):
            raise ValueError(f"the range of {data_type} must be two whole numbers around 0, not {low} and {high}")
        inside = rb"(?:%b|-%b)" % (_digits_up_to(high), _digits_up_to(-low))
        return ValuePattern(inside, f"a whole number from {low} to {high}")
    if data_type in ("date", "timestamptz"):
        low, high = bounds or (FIRST_DATE, today + timedelta(days=1))
        if not (isinstance(low, date) and isinstance(high, date) and low <= high):
            raise ValueError(f"the range of {data_type} must be two dates, the earlier first, not {low} and {high}")
        between = f"from {low} to {high}"
        if data_type == "date":
            return ValuePattern(_dates(low, high), f"a date as YYYY-MM-DD {between}")
        offset = rb"(?:Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)"
        clock = rb"[ T](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?"
        inside = _dates(low, high) + clock + offset + (rb"?" if has_time_zone else rb"")
        words = "YYYY-MM-DD HH:MM:SS" if has_time_zone else "YYYY-MM-DD HH:MM:SS+00:00 (the offset is required)"
        return ValuePattern(inside, f"a time as {words} {between}")
    numeric = re.fullmatch(r"numeric\((\d+),(\d+)\)", data_type.replace(" ", ""))
    if numeric and int(numeric[1]) > 0 and int(numeric[2]) <= int(numeric[1]):
        scale = int(numeric[2])
        whole = int(numeric[1]) - scale
        # zeros beyond the scale are no loss
        fraction = rb"\.\d{1,%d}0*" % scale if scale else rb"\.0+"
        if bounds:
            low, high = bounds
            if not (isinstance(low, int) and isinstance(high, int) and -(10**whole) < low <= 0 <= high < 10**whole):
                raise ValueError(f"the range of {data_type} must be two whole numbers around 0, not {low} and {high}")
            inside = rb"(?:%b|-%b)" % (_decimals_up_to(high, fraction), _decimals_up_to(-low, fraction))
            return ValuePattern(inside, f"a number from {low} to {high} with at most {scale} digits after the point")
        inside = rb"-?(?:\d{1,%d}(?:%b)?|%b)" % (whole, fraction, fraction) if whole else rb"-?0?%b" % fraction
        return ValuePattern(inside, f"a number with at most {whole} digits before the point and {scale} after it")
    raise ValueError(
        f"the type {data_type!r} is not one of text, integer, bigint, "
        '"numeric(p,s)" (in quotes, for its comma), date, timestamptz, boolean'
    )


def field_pattern(value: ValuePattern, is_required: bool, is_key: bool, may_span_lines: bool) -> bytes:
    """The regular expression of a whole CSV field with that value, quoted or not; it holds no capturing group."""
    if value.inside is not None:
        inside = rb'(?:%b|"%b")' % (value.inside, value.inside)
        return inside if is_required else rb'(?:%b|"")?' % inside
    quoted = QUOTED_LINES if may_span_lines else QUOTED
    if is_key:
        text = rb'(?:"(?:%b|""){0,%d}"|%b{0,%d})' % (quoted, LONGEST_KEY_BYTES, BARE, LONGEST_KEY_BYTES)
    else:
        text = rb'(?:"%b*(?:""%b*)*"|%b*)' % (quoted, quoted, BARE)
    if not is_required:
        return text
    # the first alternative is the second for most texts, without the look ahead
    rest = rb"{0,%d}" % (LONGEST_KEY_BYTES - 1) if is_key else rb"*"
    return rb'(?:[^"\s,Nn\x00]%b%b|(?!%b)%b)' % (BARE, rest, NOTHING, text)


def _digits_up_to(limit: int) -> bytes:
    """Digits of a whole number from 0 to ``limit``."""
    digits = str(limit)
    if set(digits) == {"9"}:
        return rb"\d{1,%d}" % len(digits)
    choices = [rb"\d{1,%d}" % (len(digits) - 1)] if len(digits) > 1 else []
    for place, digit in enumerate(digits):
        if digit != "0":
            smaller = b"[0-%d]" % (int(digit) - 1)
            rest = len(digits) - place - 1
            choices.append(digits[:place].encode() + smaller + (rb"\d{%d}" % rest if rest else b""))
    return b"(?:%b)" % b"|".join([*choices, digits.encode()])


def _decimals_up_to(limit: int, fraction: bytes) -> bytes:
    """Decimal numbers from 0 to the whole number ``limit``, with that pattern of a fraction."""
    below = rb"%b(?:%b)?|%b|" % (_digits_up_to(limit - 1), fraction, fraction) if limit else b""
    return rb"(?:%b%d(?:\.0+)?)" % (below, limit)


@lru_cache(maxsize=16)  # a tenth of a second each
def _dates(low: date, high: date) -> bytes:
    """Every day from ``low`` to ``high`` and no other: month lengths and leap years come from the calendar itself."""
    return _any_of((low + timedelta(days=n)).isoformat() for n in range((high - low).days + 1))


def _any_of(texts: Iterable[str]) -> bytes:
    """A regular expression for texts of equal length, sharing what begins and what ends alike."""
    tails_of: dict[str, list[str]] = {}
    for text in texts:
        tails_of.setdefault(text[:1], []).append(text[1:])
    if set(tails_of) <= {""}:
        return b""
    heads_of: dict[bytes, str] = {}
    for head, tails in tails_of.items():
        tail = _any_of(tails)
        heads_of[tail] = heads_of.get(tail, "") + head
    choices = [
        (heads.encode() if len(heads) == 1 else b"[%b]" % heads.encode()) + tail for tail, heads in heads_of.items()
    ]
    return choices[0] if len(choices) == 1 else b"(?:%b)" % b"|".join(choices)
