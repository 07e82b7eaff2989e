"""A delivery for a table that knows its rows by a key: repeated rows told apart, known rows updated, new ones added."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

from ingestion.sources import SYSTEM_COLUMNS, Source, Table
from ingestion.tables import identifier, identifiers

STAGE = sql.Identifier("delivery")
SHOWN_CHARACTERS = 40


@dataclass(frozen=True)
class Conflict:
    """A row with the key of an earlier row of the same file and other values: which columns differ, and how."""

    line: int
    first_line: int
    columns: tuple[str, ...]
    differences: tuple[str, ...]


def create_stage(connection: psycopg.Connection, source: Source, table: Table) -> sql.Identifier:
    """A temporary table, shaped like the raw table but without its index, that ends with the transaction."""
    connection.execute(
        sql.SQL("create temporary table {} (like {} including defaults) on commit drop").format(
            STAGE, identifier(source, table.name)
        )
    )
    return STAGE


def set_repeated_aside(connection: psycopg.Connection, table: Table) -> tuple[int, list[Conflict]]:
    """Leave only the first row of each key in the stage; return the count of equal rows, and the unequal ones."""
    connection.execute(sql.SQL("analyze {}").format(STAGE))
    values = _values(table)
    differs = [
        sql.SQL("case when later.{0} is distinct from first.{0} then {1} end").format(
            sql.Identifier(name), sql.Literal(name)
        )
        for name in values
    ]
    shown = [
        sql.SQL(
            "case when later.{0} is distinct from first.{0} then "
            "format('%s is %s here and %s there', {1}, "
            "coalesce(to_json(left(later.{0}::text, {2}))::text, 'empty'), "  # as JSON a text stays on one line
            "coalesce(to_json(left(first.{0}::text, {2}))::text, 'empty')) end"
        ).format(sql.Identifier(name), sql.Literal(name), sql.Literal(SHOWN_CHARACTERS))
        for name in values
    ]
    connection.execute(
        sql.SQL(
            "create temporary table repeated on commit drop as "
            "select later._line, first._line as first_line, "
            "array_remove(array[{differs}]::text[], null) as columns, "
            "array_remove(array[{shown}]::text[], null) as differences "
            "from (select min(_line) as _line from {stage} group by {key} having count(*) > 1) as repeated_key "
            "join {stage} as first using (_line) "
            "join {stage} as later on {same_key} and later._line > first._line"
        ).format(
            differs=sql.SQL(", ").join(differs),
            shown=sql.SQL(", ").join(shown),
            stage=STAGE,
            key=identifiers(table.key),
            same_key=_same_key(table, "first", "later"),
        )
    )
    repeated = connection.execute(
        sql.SQL("delete from {stage} using repeated where {stage}._line = repeated._line").format(stage=STAGE)
    ).rowcount
    rows = connection.execute("select * from repeated where cardinality(columns) > 0 order by _line").fetchall()
    conflicts = [Conflict(line, first, tuple(columns), tuple(shown)) for line, first, columns, shown in rows]
    return repeated - len(conflicts), conflicts


def merge_stage(connection: psycopg.Connection, source: Source, table: Table) -> tuple[int, int]:
    """Bring the stage into the raw table; returns (rows inserted, rows updated). Equal rows are not written again.

    Nobody else writes while the source is locked, so that a row which is not there now will not be there later.
    """
    target = identifier(source, table.name)
    values = _values(table)
    updated = 0
    if values:
        written = [*SYSTEM_COLUMNS, *values]
        updated = connection.execute(
            sql.SQL(
                "update {target} as known set ({columns}) = row({new}) from {stage} as came "
                "where {same_key} and {differs}"
            ).format(
                target=target,
                stage=STAGE,
                columns=identifiers(written),
                new=_of("came", written),
                same_key=_same_key(table, "known", "came"),
                differs=sql.SQL("row({}) is distinct from row({})").format(_of("known", values), _of("came", values)),
            )
        ).rowcount
    columns = [*SYSTEM_COLUMNS, *(column.raw_name for column in table.columns)]
    inserted = connection.execute(
        sql.SQL(
            "insert into {target} ({columns}) select {columns} from {stage} as came "
            "where not exists (select from {target} as known where {same_key})"
        ).format(target=target, stage=STAGE, columns=identifiers(columns), same_key=_same_key(table, "known", "came"))
    ).rowcount
    return inserted, updated


def _values(table: Table) -> list[str]:
    return [column.raw_name for column in table.columns if not column.is_key]


def _of(alias: str, names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(alias, name) for name in names)


def _same_key(table: Table, one: str, other: str) -> sql.Composed:
    return sql.SQL(" and ").join(
        sql.SQL("{} = {}").format(sql.Identifier(one, name), sql.Identifier(other, name)) for name in table.key
    )
