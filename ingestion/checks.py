"""Results of the checks of raw tables, and their record: the last result per raw table and expectation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from ingestion.expectations import ERROR, WARN, Expectation
from ingestion.sources import CHECKS, Source, Table
from ingestion.tables import identifier

MET, WARNS, FAILED = "met", "warns", "failed"
# what a result also depends on
GATE = [Path(__file__).with_name(name) for name in ("suites.py", "suite_queries.py")]
RECORD = """
create table if not exists {checks} (
    table_name text not null,
    expectation text not null,
    severity text not null,
    is_met boolean not null,
    observed text not null,
    examples text[] not null,
    numbers jsonb not null,
    table_state text not null,
    checked_at timestamptz not null default now(),
    primary key (table_name, expectation)
)
"""
# What every change of a table's rows changes too. Where the server does not count changes, it is never the same.
STATE = """
select concat_ws(
    ' ', pg_class.oid, pg_relation_filenode(pg_class.oid), n_tup_ins, n_tup_upd, n_tup_del,
    case when not current_setting('track_counts')::boolean then clock_timestamp() end
)
from pg_class inner join pg_stat_all_tables on pg_class.oid = pg_stat_all_tables.relid
where pg_class.oid = to_regclass(%s)
"""


@dataclass(frozen=True)
class CheckResult:
    """Whether an expectation of a raw table is met, and what was observed.

    ``observed`` is one line, ``examples`` are rows (or days) that should not be, each one line. ``numbers`` holds
    ``rows`` (of the table), ``unexpected`` (rows; days where days are judged), ``unexpected_pct`` (0 to 100) and, of
    the volume, ``days_judged`` and the day's ``rows_came`` and ``rows_expected``.
    """

    table_name: str
    expectation: Expectation
    is_met: bool
    observed: str
    examples: tuple[str, ...] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        """In one word: met, warns or failed."""
        return MET if self.is_met else {ERROR: FAILED, WARN: WARNS}[self.expectation.severity]

    @property
    def in_words(self) -> str:
        """What was observed, with an example where that is no example itself."""
        is_shown = not self.examples or self.observed.startswith(self.examples[0])
        return self.observed if is_shown else f"{self.observed}, such as {self.examples[0]}"

    def __str__(self) -> str:
        return f"{self.table_name}: {self.expectation.name}: {self.in_words}"


def table_state(connection: psycopg.Connection, source: Source, table: Table) -> str:
    """What the result of a check depends on: the rows of the table, by the server's count of changes, and the suite.

    The server counts a change by another session within ten seconds.
    """
    row = connection.execute(STATE, (identifier(source, table.name).as_string(),)).fetchone()
    digest = hashlib.sha256(repr(table.expectations).encode())
    for path in GATE:
        digest.update(path.read_bytes())
    return f"{row[0] if row else 'missing'} {digest.hexdigest()}"


def record(
    connection: psycopg.Connection, source: Source, table: Table, state: str, results: Sequence[CheckResult]
) -> None:
    """Replace the record of a table; ``state`` is that of the table before it was checked."""
    connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"checks {source.name}",))
    connection.execute("set local client_min_messages = warning")
    checks = identifier(source, CHECKS)
    connection.execute(sql.SQL(RECORD).format(checks=checks))
    connection.execute(sql.SQL("delete from {} where table_name = %s").format(checks), (table.name,))
    for result in results:
        connection.execute(
            sql.SQL(
                "insert into {} (table_name, expectation, severity, is_met, observed, examples, numbers, table_state) "
                "values (%s, %s, %s, %s, %s, %s, %s, %s)"
            ).format(checks),
            (
                table.name, result.expectation.name, result.expectation.severity, result.is_met, result.observed,
                list(result.examples), Jsonb(dict(result.numbers)), state,
            ),
        )  # fmt: skip


def recall(connection: psycopg.Connection, source: Source, table: Table) -> list[CheckResult] | None:
    """The recorded results of a table that is as it was when it was checked; None when it has to be checked."""
    checks = identifier(source, CHECKS)
    if connection.execute("select to_regclass(%s)", (checks.as_string(),)).fetchone()[0] is None:
        return None
    rows = connection.execute(
        sql.SQL(
            "select expectation, is_met, observed, examples, numbers from {} where table_name = %s and table_state = %s"
        ).format(checks),
        (table.name, table_state(connection, source, table)),
    ).fetchall()
    found = {name: (is_met, observed, tuple(examples), numbers) for name, is_met, observed, examples, numbers in rows}
    if set(found) != {expectation.name for expectation in table.expectations}:
        return None
    return [CheckResult(table.name, expectation, *found[expectation.name]) for expectation in table.expectations]
