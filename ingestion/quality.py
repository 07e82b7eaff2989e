"""The landing gate: checks of the current rows of raw tables against the declarations of their source."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from ingestion.checks import CheckResult, recall, record, table_state
from ingestion.sources import Source, Table
from ingestion.tables import CURRENT, identifier, stored_types
from warehouse import DataError, Warehouse

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult


def check(
    warehouse: Warehouse,
    source: Source,
    only_when_changed: bool = False,
    on_validated: Callable[[ExpectationSuiteValidationResult], None] | None = None,
) -> list[CheckResult]:
    """Check the raw tables of a source; one result for each expectation, in the order of the declarations.

    A table without current rows, or not created yet, meets every expectation. With ``only_when_changed``, the results
    of a table that has not changed since its last check are repeated. ``on_validated`` is given what Great Expectations
    found in a table. Raises DataError when a table lacks a declared column, DatabaseError when an expectation could not
    be evaluated. The results are recorded in the table ``checks`` beside the raw tables.
    """
    results: dict[str, list[CheckResult]] = {}
    states: dict[str, str] = {}
    with warehouse.connect() as connection:
        for table in source.tables:
            if not _has_rows(connection, source, table):
                results[table.name] = [CheckResult(table.name, e, True, "no rows") for e in table.expectations]
            elif only_when_changed and (recorded := recall(connection, source, table)):
                results[table.name] = recorded
            else:
                states[table.name] = table_state(connection, source, table)
    if states:
        from ingestion.suites import validate  # takes seconds

        tables = [table for table in source.tables if table.name in states]
        for table, (found, validation) in zip(tables, validate(warehouse.settings, source, tables), strict=True):
            results[table.name] = found
            with warehouse.connect() as connection:
                record(connection, source, table, states[table.name], found)
            if on_validated:
                on_validated(validation)
    return [result for table in source.tables for result in results[table.name]]


def has_rows(warehouse: Warehouse, source: Source) -> bool:
    """Whether the raw tables of a source have current rows."""
    with warehouse.connect() as connection:
        return any(_has_rows(connection, source, table) for table in source.tables)


def _has_rows(connection: psycopg.Connection, source: Source, table: Table) -> bool:
    stored = stored_types(connection, source, table)
    if not stored:
        return False
    missing = next((column.name for column in table.columns if column.raw_name not in stored), None)
    if missing:
        raise DataError(
            f"{source.schema}.{table.name} has no column {missing} yet, which the YAML declares; "
            f"`python -m ingestion create {source.name}` adds it"
        )
    query = sql.SQL("select exists (select from {} where {})").format(identifier(source, table.name), CURRENT)
    return connection.execute(query).fetchone()[0]
