"""The suite of a raw table is what its declaration says, and nothing else."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import pytest

from ingestion import list_sources, read_source
from ingestion.expectations import InDomain, InRange, UniqueKey, UsualVolume
from warehouse import DataError

DECLARATION = """
sources:
  - name: market
    tables:
      - name: sales
        config: {{meta: {{file: sales.csv, key: [Id]{table}}}}}
        columns:
          - {{name: Id, data_type: integer}}
          - {{name: shop, data_type: text}}
          - {{name: sold_at, data_type: timestamptz, data_tests: [not_null]}}
          - {{name: paid_on, data_type: date}}
          - {{name: amount, data_type: "{data_type}", config: {{meta: {{{amount}}}}}}}
          - {{name: status, data_type: text, config: {{meta: {{{status}}}}}}}
"""


def suite(folder: Path, table: str = "", amount: str = "", status: str = "", data_type: str = "integer"):
    path = folder / "market" / "_market__sources.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(DECLARATION.format(table=table, amount=amount, status=status, data_type=data_type))
    return read_source("market", folder).tables[0].expectations


def test_keys_and_required_columns_are_expected_without_a_word_more(tmp_path):
    assert [(e.name, e.severity) for e in suite(tmp_path)] == [
        ("key_is_unique", "error"),
        ("id_is_filled", "error"),
        ("sold_at_is_filled", "error"),
    ]


@pytest.mark.parametrize(
    ("declared", "name", "severity", "description"),
    [
        ({"amount": "range: [-5, 5]"}, "amount_in_range", "error", "amount lies from -5 to 5."),
        ({"amount": "expect: {range: [0, null]}"}, "amount_in_expected_range", "warn", "amount lies from 0."),
        ({"amount": "expect: {range: [0, 9], severity: error}"}, "amount_in_expected_range", "error", "amount lies"),
        ({"status": "expect: {domain: [paid, sent]}"}, "status_in_domain", "warn", "status is one of paid, sent."),
        ({"status": "expect: {null_rate: 0.25}"}, "status_is_mostly_filled", "warn", "status is null in at most 25 %"),
        ({"table": ", volume: {day: sold_at}"}, "volume_is_usual", "warn", "The newest complete days have about"),
        ({"table": ", volume: {day: paid_on, per: shop, severity: error}"}, "volume_is_usual", "error", "The newest"),
    ],
)
def test_a_new_word_in_the_yaml_is_a_new_expectation(tmp_path, declared, name, severity, description):
    before = {expectation.name for expectation in suite(tmp_path)}
    (added,) = [expectation for expectation in suite(tmp_path, **declared) if expectation.name not in before]

    assert (added.name, added.severity) == (name, severity)
    assert added.description.startswith(description)


def test_expectations_hold_what_was_declared_in_the_words_of_the_raw_table(tmp_path):
    expectations = suite(
        tmp_path,
        table=", time_zone: Europe/London, volume: {day: Sold_At, per: Shop}",
        amount="expect: {range: [0.5, 2], domain: [1, 2]}",
    )
    found = {type(expectation): astuple(expectation)[3:] for expectation in expectations}

    assert found[UniqueKey] == (("id",),)
    assert found[InRange] == ("amount", 0.5, 2)
    assert found[InDomain] == ("amount", (1, 2))
    assert found[UsualVolume] == ("sold_at", "Europe/London", "shop")


def test_an_instant_is_within_its_range_wherever_its_day_was_written(tmp_path):
    """The loader reads the day as written, with any offset; the checks see the instant."""
    (found,) = [
        e
        for e in suite(tmp_path, data_type="timestamptz", amount="range: [2020-01-01, 2020-12-31]")
        if type(e) is InRange
    ]

    assert f"{found.least:%Y-%m-%d %H}" == "2019-12-31 10"
    assert f"{found.greatest:%Y-%m-%d %H}" == "2021-01-01 14"


@pytest.mark.parametrize(
    ("declared", "complaint"),
    [
        ({"amount": "range: 5"}, "column amount: the range must be two values, the least and the greatest, not 5"),
        (
            {"amount": "range: [0, 1.5]", "data_type": "numeric(9,2)"},
            "amount: the range of numeric.* two whole numbers",
        ),
        ({"amount": "range: [0, 1]", "data_type": "boolean"}, "amount: a range is for numbers, dates and times, not"),
        ({"amount": "expect: 5"}, "column amount: expect must be a mapping with range, domain, null_rate, not 5"),
        ({"amount": "expect: {}"}, "column amount: expect must be a mapping"),
        ({"amount": "expect: {severity: warn}"}, "column amount: expect must be a mapping"),
        ({"amount": "expect: {rnage: [1, 2]}"}, "column amount: expect knows no rnage; did you mean range?"),
        ({"amount": "expect: {range: [2, 1]}"}, "amount: the range must be two numbers, the lesser first"),
        ({"amount": "expect: {range: [null, null]}"}, "amount: the range must be two numbers"),
        ({"amount": "expect: {range: [2024-01-01, null]}"}, "amount: the range must be two numbers"),
        (
            {"amount": "expect: {range: [null, 9999-12-31]}", "data_type": "timestamptz"},
            "column amount: date value out",
        ),
        ({"amount": "expect: {range: [true, 1]}"}, "amount: the range must be two numbers"),
        ({"amount": "expect: {domain: [a]}"}, "amount: the domain must be a list of whole numbers, not"),
        ({"amount": "expect: {domain: [1.5]}", "data_type": "numeric(9,2)"}, "a domain is for texts and whole numbers"),
        ({"amount": "expect: {range: [1, 2], severity: fatal}"}, "expect: the severity is error or warn, not fatal"),
        ({"status": "expect: {range: [1, 2]}"}, "status: a range is for numbers, dates and times, not for text"),
        ({"status": "expect: {domain: [yes, no]}"}, r"status: the domain must be a list of texts \(in quotes"),
        ({"status": "expect: {domain: []}"}, "status: the domain must be a list of texts"),
        ({"status": "expect: {null_rate: 20}"}, "status: the null_rate must be a share from 0 to 1, not 20"),
        ({"table": ", volume: sold_at"}, "volume must be a mapping with day, per, not sold_at"),
        ({"table": ", volume: {per: shop}"}, "volume: day must name a column of type date or timestamptz, not None"),
        ({"table": ", volume: {day: shop}"}, "volume: day must name a column of type date or timestamptz, not shop"),
        ({"table": ", volume: {day: sold}"}, "volume: there is no column sold"),
        ({"table": ", volume: {day: sold_at, per: store}"}, "volume: there is no column store"),
    ],
)
def test_a_word_that_cannot_be_used_is_refused_on_one_line(tmp_path, declared, complaint):
    with pytest.raises(DataError, match=complaint) as error:
        suite(tmp_path, **declared)

    assert "_market__sources.yml: table sales: " in str(error.value)
    assert "\n" not in str(error.value)


def test_a_null_rate_of_a_column_that_must_be_filled_is_refused(tmp_path):
    path = tmp_path / "market" / "_market__sources.yml"
    suite(tmp_path)
    path.write_text(path.read_text().replace("integer}", "integer, config: {meta: {expect: {null_rate: 0.1}}}}", 1))

    with pytest.raises(DataError, match="column Id: a null_rate says nothing where every null is forbidden"):
        read_source("market", tmp_path)


def test_columns_whose_expectations_would_share_a_name_are_refused(tmp_path):
    path = tmp_path / "market" / "_market__sources.yml"
    suite(tmp_path)
    more = '          - {name: "sold at", data_type: text, data_tests: [not_null]}\n'
    path.write_text(path.read_text() + more)

    with pytest.raises(DataError, match="two columns would both have the expectation sold_at_is_filled"):
        read_source("market", tmp_path)


def test_every_raw_table_that_ships_has_a_suite_and_days_of_orders_are_compared():
    tables = {table.name: table for name in list_sources() for table in read_source(name).tables}

    assert all(table.expectations for table in tables.values())
    for name in ("orders", "online_retail"):
        assert tables[name].expectations[-1].name == "volume_is_usual"
