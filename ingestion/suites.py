"""Great Expectations' part of the landing gate: the expectations of raw tables, evaluated by PostgreSQL.

Importing this module takes seconds, so it is imported only where tables are checked. Nothing is written:
suites and results live in memory, and the password in the runtime environment of the context only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import singledispatch
from typing import ClassVar

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # before the import, which reads it

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent.interfaces import Batch
from sqlalchemy.engine import URL

from ingestion.checks import CheckResult
from ingestion.expectations import Expectation, Filled, InDomain, InRange, UniqueKey, UsualVolume
from ingestion.sources import Source, Table
from ingestion.suite_queries import current_query, keys_query, volume_query
from warehouse import DatabaseError, Settings

SEVERITIES = {"error": "critical", "warn": "warning"}
FAULTS = {Filled: "are null", InRange: "lie outside", InDomain: "hold something else"}
SHOWN_EXAMPLES = 5
SHOWN_CHARACTERS = 40
# all counts of a table are one query; examples would be one more for each expectation, whether it is met or not
COUNTS = {"result_format": "BASIC", "partial_unexpected_count": 0}
EXAMPLES = {"result_format": "SUMMARY", "partial_unexpected_count": SHOWN_EXAMPLES}


class ExpectKeyToBeUnique(gxe.UnexpectedRowsExpectation):
    """Its query returns the keys that occur more than once; see ``keys_query``."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table", "table.row_count")

    def _validate(self, metrics: dict, runtime_configuration: dict | None = None, execution_engine=None) -> dict:
        keys = metrics["unexpected_rows_query.table"]
        surplus = int(keys[0]["surplus_count"]) if keys else 0
        examples = [
            ", ".join([*_words(key, leave_out=("row_count", "surplus_count")), f"{key['row_count']:,} times"])
            for key in keys
        ]
        rows = metrics["table.row_count"]
        observed = f"{surplus:,} of {rows:,} rows repeat a key"
        return _result(observed, examples, rows=rows, unexpected=surplus)


class ExpectVolumeToBeUsual(gxe.UnexpectedRowsExpectation):
    """Its query returns the judged days, unusual ones first; see ``volume_query``."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table", "table.row_count")

    def _validate(self, metrics: dict, runtime_configuration: dict | None = None, execution_engine=None) -> dict:
        days = metrics["unexpected_rows_query.table"]
        if not days:
            observed = "no complete day has enough weeks behind it to be judged"
            return _result(observed, [], rows=metrics["table.row_count"], unexpected=0, days_judged=0)
        shown, unusual = days[0], days[0]["days_unusual"]  # an unusual day, where there is one
        more = f" (and {unusual - 1:,} more of {shown['days_judged']:,} days)" if unusual > 1 else ""
        return _result(
            _day(shown) + more,
            [_day(day) for day in days if day["is_unusual"]],
            rows=metrics["table.row_count"],
            unexpected=unusual,
            days_judged=shown["days_judged"],
            rows_came=shown["rows_came"],
            rows_expected=int(shown["rows_expected"]),
        )


def validate(
    settings: Settings, source: Source, tables: Iterable[Table]
) -> Iterator[tuple[list[CheckResult], ExpectationSuiteValidationResult]]:
    """Ask raw tables for what is expected of them: per table the results, in the suite's order, and as GX has them.

    Raises DatabaseError when an expectation could not be evaluated.
    """
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    context = gx.get_context(
        mode="ephemeral", project_config=config, runtime_environment={"WAREHOUSE": _address(settings, source)}
    )
    datasource = context.data_sources.add_postgres(source.name, connection_string="${WAREHOUSE}")
    try:
        for table in tables:
            asset = datasource.add_query_asset(table.name, current_query(source, table))
            batch = asset.add_batch_definition_whole_table("current rows").get_batch()
            found = _validated(batch, source, table, table.expectations, COUNTS)
            by_name = {_name(result): result for result in found.results}  # in another order than the suite
            failed = [e for e in table.expectations if type(e) in FAULTS and not by_name[e.name].success]
            if failed:
                wanted = {**EXAMPLES, "unexpected_index_column_names": list(table.row_key)}
                again = _validated(batch, source, table, failed, wanted)
                by_name |= {_name(result): result for result in again.results}
                found.results = [by_name[_name(result)] for result in found.results]
            yield [_check_result(table, e, by_name[e.name]) for e in table.expectations], found
    finally:
        for engine in (datasource.get_engine(), datasource.get_execution_engine().engine):
            engine.dispose()


def _validated(
    batch: Batch, source: Source, table: Table, expectations: Sequence[Expectation], result_format: Mapping
) -> ExpectationSuiteValidationResult:
    suite = gx.ExpectationSuite(f"{source.name}.{table.name}")
    for expectation in expectations:
        asked = _asked(expectation, source, table)
        asked.meta = {"name": expectation.name}
        asked.description = f"{expectation.description} ({expectation.severity})"
        asked.severity = SEVERITIES[expectation.severity]
        suite.add_expectation(asked)
    found = batch.validate(suite, result_format=dict(result_format))
    for result in found.results:
        reason = _exception(result)
        if reason:
            raise DatabaseError(f"{source.schema}.{table.name}: {_name(result)} could not be evaluated: {reason}")
    return found


@singledispatch
def _asked(expectation: Expectation, source: Source, table: Table) -> gxe.Expectation:
    raise TypeError(f"Great Expectations has no form for {expectation!r}")


@_asked.register
def _(expectation: UniqueKey, source: Source, table: Table) -> gxe.Expectation:
    return ExpectKeyToBeUnique(unexpected_rows_query=keys_query(source, table, expectation))


@_asked.register
def _(expectation: Filled, source: Source, table: Table) -> gxe.Expectation:
    mostly = round(1 - expectation.null_rate, 9)  # 1 - 0.7 is a little more than 0.3
    return gxe.ExpectColumnValuesToNotBeNull(column=expectation.column, mostly=mostly)


@_asked.register
def _(expectation: InRange, source: Source, table: Table) -> gxe.Expectation:
    return gxe.ExpectColumnValuesToBeBetween(
        column=expectation.column, min_value=expectation.least, max_value=expectation.greatest
    )


@_asked.register
def _(expectation: InDomain, source: Source, table: Table) -> gxe.Expectation:
    return gxe.ExpectColumnValuesToBeInSet(column=expectation.column, value_set=list(expectation.values))


@_asked.register
def _(expectation: UsualVolume, source: Source, table: Table) -> gxe.Expectation:
    return ExpectVolumeToBeUsual(unexpected_rows_query=volume_query(expectation))


def _check_result(table: Table, expectation: Expectation, result: ExpectationValidationResult) -> CheckResult:
    found = result.result
    if type(expectation) not in FAULTS:
        examples, numbers = tuple(found["details"]["examples"]), found["details"]["numbers"]
        return CheckResult(table.name, expectation, result.success, found["observed_value"], examples, numbers)
    rows, unexpected = found["element_count"], found["unexpected_count"]
    share = 100 * unexpected / rows
    observed = f"{unexpected:,} of {rows:,} rows ({share:.3g} %) {FAULTS[type(expectation)]}"
    examples = tuple(", ".join(_words(row)) for row in found.get("partial_unexpected_index_list", []))
    numbers = {"rows": rows, "unexpected": unexpected, "unexpected_pct": round(share, 4)}
    return CheckResult(table.name, expectation, result.success, observed, examples, numbers)


def _result(observed: str, examples: Sequence[str], **numbers: int) -> dict:
    """A result as Great Expectations wants it; what it has no words for stands under ``details``."""
    return {
        "success": not numbers["unexpected"],
        "result": {"observed_value": observed, "details": {"examples": list(examples), "numbers": numbers}},
    }


def _day(day: Mapping) -> str:
    store = f"{day['store']} " if day["store"] else ""
    return (
        f"{store}{day['day']:%Y-%m-%d}: {day['rows_came']:,} rows came, "
        f"{day['rows_expected']:,.0f} expected ({day['rows_least']:,.0f} to {day['rows_most']:,.0f})"
    )


def _words(row: Mapping, leave_out: Sequence[str] = ()) -> list[str]:
    """Each column of a row with its value, short and on one line."""
    shown = {name: "null" if value is None else " ".join(str(value).split()) for name, value in row.items()}
    return [
        f"{name} {''.join(sign if sign.isprintable() else '?' for sign in text[:SHOWN_CHARACTERS])}"
        for name, text in shown.items()
        if name not in leave_out
    ]


def _name(result: ExpectationValidationResult) -> str:
    return result.expectation_config.meta["name"]


def _exception(result: ExpectationValidationResult) -> str | None:
    """Why an expectation was not evaluated; Great Expectations says so in a result like that of one that failed."""
    info = result.exception_info or {}
    raised = [info] if "raised_exception" in info else list(info.values())
    messages = [" ".join(str(one["exception_message"]).split()) for one in raised if one["raised_exception"]]
    return messages[0] if messages else None


def _address(settings: Settings, source: Source) -> str:
    """The warehouse in SQLAlchemy's words, with the schema of the source as the one in which tables are found."""
    schema = source.schema.replace('"', '""').replace("\\", "\\\\").replace(" ", "\\ ")
    options = f'{settings.options.get("options", "")} -c search_path="{schema}"'.strip()
    query = {**settings.options, "host": settings.host, "port": str(settings.port), "options": options}
    address = URL.create(
        "postgresql+psycopg", settings.user, settings.password or None, database=settings.database, query=query
    )
    return address.render_as_string(hide_password=False)
