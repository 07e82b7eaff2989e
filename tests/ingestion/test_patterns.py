"""What a declared type reads, and what it does not: judged beside PostgreSQL and the calendar."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from ingestion.patterns import field_pattern, value_pattern

TODAY = date(2026, 3, 1)


def reads(text: str, data_type: str, *, required=True, key=False, time_zone=False, bounds=None) -> bool:
    value = value_pattern(data_type, time_zone, bounds, TODAY)
    pattern = field_pattern(value, required, key, may_span_lines=True)
    match = re.compile(pattern + rb"(?=[,\r\n])").match(text.encode() + b",")
    return match is not None and match.end() == len(text.encode())


@pytest.mark.parametrize(
    ("data_type", "text"),
    [
        ("integer", "0"), ("integer", "-17"), ("integer", "2147483647"), ("integer", "-2147483648"), ("integer", '"5"'),
        ("bigint", "9223372036854775807"), ("bigint", "-9223372036854775808"),
        ("numeric(18,4)", "2.5"), ("numeric(18,4)", "-0.0001"), ("numeric(18,4)", "2.550000"), ("numeric(18,4)", ".5"),
        ("numeric(18,4)", "99999999999999.9999"), ("numeric(4,0)", "1234"), ("numeric(2,2)", "0.25"),
        ("date", "2024-02-29"), ("date", "1995-01-01"), ("date", "2026-03-02"),
        ("timestamptz", "2024-02-29 10:00:00Z"), ("timestamptz", "2024-02-29T23:59:59.123456+05:30"),
        ("timestamptz", "2024-02-29 10:00-0330"), ("timestamptz", "2024-02-29 10:00:00+01"),
        ("boolean", "true"), ("boolean", "F"), ("boolean", "0"),
        ("text", "x"), ("text", '"a,b\n""c"""'), ("text", "é"), ("text", "NULLS"), ("text", "=cmd|' /C calc'!A0"),
    ],
)  # fmt: skip
def test_a_value_as_declared_is_read(data_type, text):
    assert reads(text, data_type)


@pytest.mark.parametrize(
    ("data_type", "text"),
    [
        *(("integer", text) for text in ("2.5", "2147483648", "-2147483649", "1e3", "0x10", "1_000")),
        *(("integer", text) for text in ("+5", " 5", "5 ", "", "-", "٣", "NULL")),
        *(("bigint", text) for text in ("9223372036854775808", "10^9")),
        *(("numeric(18,4)", text) for text in ("NaN", "nan", "Infinity", "-inf", "1e3", "12,50", '"12,50"', "$12.50")),
        *(("numeric(18,4)", text) for text in ("2.55555", "100000000000000", "1_0.5", "5.", ".", "--5", "NULL")),
        *(("date", text) for text in ("2023-02-29", "1900-02-29", "1994-12-31", "2026-03-03", "tomorrow", "infinity")),
        *(("date", text) for text in ("01/02/2024", "2024-1-5", "2024-04-31", "2024-13-01", "20240105", "99999-01-01")),
        *(("timestamptz", f"2024-01-05{text}") for text in (" 25:00:00Z", " 24:00:00Z", " 23:60:00Z", " 23:59:60Z")),
        *(("timestamptz", f"2024-01-05{text}") for text in ("", " 10:00:00", " 10:00:00 UTC", " 10:00+15", " 9:00Z")),
        ("timestamptz", "2026-03-03 00:00:00Z"), ("boolean", "2"), ("boolean", "maybe"),
        *(("text", text) for text in ("", "  ", '""', "NULL", "null", '"NULL"', '" "', 'a"b', '"a', '"a"b', "a\0b")),
    ],
)  # fmt: skip
def test_anything_else_is_not_read(data_type, text):
    assert not reads(text, data_type)


@pytest.mark.parametrize("data_type", ["text", "integer", "numeric(18,4)", "date", "timestamptz", "boolean"])
@pytest.mark.parametrize("text", ["", '""'])
def test_an_empty_field_is_no_value_where_none_is_required(data_type, text):
    assert reads(text, data_type, required=False)
    assert not reads(text, data_type)


def test_every_day_of_the_calendar_is_a_date_and_no_other():
    pattern = re.compile(field_pattern(value_pattern("date", False, None, TODAY), True, False, False))
    days = {(date(1995, 1, 1) + timedelta(days=n)).isoformat() for n in range((TODAY - date(1995, 1, 1)).days + 2)}
    every = (f"{y}-{m:02}-{d:02}" for y in range(1990, 2031) for m in range(14) for d in range(33))

    read = {text for text in every if pattern.fullmatch(text.encode())}

    assert read == days


@pytest.mark.parametrize("limit", [0, 7, 10, 99, 100, 1909, 2147])
def test_a_range_ends_where_it_says(limit):
    texts = [str(number) for number in range(-3000, 3000)]

    read = [int(text) for text in texts if reads(text, "integer", bounds=(-limit, limit))]

    assert read == list(range(-limit, limit + 1))


@pytest.mark.parametrize("limit", [0, 7, 10, 99, 1909])
def test_a_range_of_numbers_with_decimals_ends_where_it_says(limit):
    thousandths = [*range(-25_000, 25_000, 250), *range(-2_000_000, 2_000_000, 12_500), limit * 1000 + 1]
    texts = [f"{Decimal(number) / 1000}" for number in thousandths]

    read = [Decimal(text) for text in texts if reads(text, "numeric(9,3)", bounds=(-limit, limit))]

    assert read == [Decimal(text) for text in texts if abs(Decimal(text)) <= limit]


def test_decimals_within_a_range_are_those_of_the_type():
    assert reads("1000000.0000", "numeric(11,4)", bounds=(-1000000, 1000000))
    assert reads("-.5", "numeric(11,4)", bounds=(-1000000, 1000000))
    assert not reads("1000000.0001", "numeric(11,4)", bounds=(-1000000, 1000000))
    assert not reads("1.00001", "numeric(11,4)", bounds=(-1000000, 1000000))
    assert not reads("-1", "numeric(11,4)", bounds=(0, 1000000))


def test_a_time_without_an_offset_needs_a_declared_time_zone():
    assert reads("2024-01-05 10:00:00", "timestamptz", time_zone=True)
    assert not reads("2024-01-05 10:00:00", "timestamptz", time_zone=False)


def test_a_declared_range_of_dates_replaces_the_usual_one():
    bounds = (date(1930, 1, 1), date(2100, 12, 31))

    assert reads("1930-01-01", "date", bounds=bounds)
    assert reads("2100-12-31", "date", bounds=bounds)
    assert not reads("1929-12-31", "date", bounds=bounds)


def test_a_key_is_no_longer_than_an_index_can_hold():
    assert reads("k" * 500, "text", key=True)
    assert not reads("k" * 501, "text", key=True)
    assert not reads(f'"{"k" * 501}"', "text", key=True)
    assert reads("k" * 501, "text")


@pytest.mark.parametrize("data_type", ["double", "numeric", "numeric(4,5)", "varchar(20)", "timestamp", ""])
def test_a_type_out_of_the_contract_is_refused(data_type):
    with pytest.raises(ValueError, match="type"):
        value_pattern(data_type, False, None, TODAY)


@pytest.mark.parametrize("bounds", [(1, 5), (-5, -1), ("a", "b"), (-(10**12), 10**12)])
def test_a_range_that_the_type_cannot_have_is_refused(bounds):
    with pytest.raises(ValueError, match="range"):
        value_pattern("integer", False, bounds, TODAY)
    with pytest.raises(ValueError, match="range"):
        value_pattern("numeric(11,4)", False, bounds, TODAY)


def test_postgresql_stores_every_number_as_it_was_written(warehouse):
    parts = [
        "",
        "-",
        "0",
        "7",
        "42",
        "99999999999999",
        ".",
        ".5",
        ".25",
        ".1234",
        ".12345",
        ".100000",
        "e3",
        "_1",
        "NaN",
    ]
    texts = {a + b + c for a in parts for b in parts for c in parts}
    numbers = sorted(text for text in texts if reads(text, "numeric(18,4)"))
    assert len(numbers) > 50

    with warehouse.connect() as connection:
        query = "select text::numeric(18,4) from unnest(%s::text[]) with ordinality as t (text, n) order by n"
        stored = [value for (value,) in connection.execute(query, (numbers,))]

    assert stored == [Decimal(text) for text in numbers]
