"""A delivery merged into its raw table: changed and missing rows are closed, new versions and new rows are inserted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from ingestion.sources import Source, Table
from ingestion.tables import CURRENT, PRIMARY_KEY, identifier, identifiers, key_of

STAGE = sql.Identifier("delivery")
NOTHING = sql.SQL("")
SHOWN_CHARACTERS = 40


@dataclass(frozen=True)
class Conflict:
    """A row with the key of an earlier row of the same file and other values: which columns differ, and how."""

    line: int
    first_line: int
    columns: tuple[str, ...]
    differences: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """What a delivery changed: rows new in the table, rows with a new version, rows that are no longer delivered."""

    inserted: int
    updated: int = 0
    closed: int = 0


def create_stage(connection: psycopg.Connection, source: Source, table: Table) -> sql.Identifier:
    """A temporary table, shaped like the raw table but without its indexes, that ends with the transaction."""
    connection.execute(
        sql.SQL("create temporary table {} (like {} including defaults) on commit drop").format(
            STAGE, identifier(source, table.name)
        )
    )
    return STAGE


def set_repeated_aside(connection: psycopg.Connection, table: Table) -> tuple[int, list[Conflict]]:
    """Leave only the first row of each key in the stage; return the count of equal rows, and the unequal ones."""
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
            key=key_of(table, table.key),
            same_key=_same(table, table.key, "first", "later"),
        )
    )
    repeated = connection.execute(
        sql.SQL("delete from {stage} using repeated where {stage}._line = repeated._line").format(stage=STAGE)
    ).rowcount
    rows = connection.execute("select * from repeated where cardinality(columns) > 0 order by _line").fetchall()
    conflicts = [Conflict(line, first, tuple(columns), tuple(shown)) for line, first, columns, shown in rows]
    return repeated - len(conflicts), conflicts


def merge_by_key(connection: psycopg.Connection, source: Source, table: Table, load_id: int) -> Changes:
    """Close the current versions that the stage changes and insert its new ones; equal rows stay as they are.

    No other transaction writes raw tables meanwhile, because loads are locked.
    """
    target = identifier(source, table.name)
    same_key = _same(table, table.key, "known", "came")
    values = _values(table)
    updated = 0
    if values:
        differs = sql.SQL("row({}) is distinct from row({})").format(_of("known", values), _of("came", values))
        is_changed = sql.SQL("{} and {}").format(same_key, differs)
        updated = _close(connection, target, load_id, is_changed, other=sql.SQL("from {} as came").format(STAGE))
    closed = 0
    if table.replaces:
        is_absent = sql.SQL("not exists (select from {} as came where {})").format(STAGE, same_key)
        closed = _close(connection, target, load_id, sql.SQL("{} and {}").format(_is_replaced(table), is_absent))
    is_new = sql.SQL("not exists (select from {} as known where {} and known.{})").format(target, same_key, CURRENT)
    return Changes(_insert(connection, target, table, is_new) - updated, updated, closed)


def merge_by_content(
    connection: psycopg.Connection, source: Source, table: Table, load_id: int, earlier_loads: Sequence[int]
) -> Changes:
    """Compare the stage with the current rows that it replaces; close those that it lacks and insert its new ones.

    The n-th of equal rows is the n-th of equal rows there. The stage replaces the rows of ``earlier_loads``, or with
    ``replaces`` those that share these values with one of its rows.
    """
    target = identifier(source, table.name)
    scope = _is_replaced(table) if table.replaces else sql.SQL("_load_id = any({})").format(list(earlier_loads))
    # as text: rows compare in one hash, null equals null, and the collation does not matter
    content = sql.SQL('row({})::text collate "C"').format(identifiers([column.raw_name for column in table.columns]))
    numbered = sql.SQL(
        "select *, row_number() over (partition by content order by _load_id, _line) as occurrence "
        "from (select _load_id, _line, {} as content from {} as known where {}) as rows_with_content"
    )
    connection.execute(
        sql.SQL(
            "create temporary table compared on commit drop as "
            "select known._load_id as load_id, known._line as known_line, came._line as line "
            "from ({known}) as known full join ({came}) as came using (content, occurrence) "
            "where known._line is null or came._line is null"
        ).format(
            known=numbered.format(content, target, sql.SQL("{} and {}").format(CURRENT, scope)),
            came=numbered.format(content, STAGE, sql.SQL("true")),
        )
    )
    connection.execute("analyze compared")
    closed = _close(
        connection, target, load_id, sql.SQL("(_load_id, _line) in (select load_id, known_line from compared)")
    )
    is_new = sql.SQL("_line in (select line from compared where load_id is null)")
    return Changes(_insert(connection, target, table, is_new), 0, closed)


def _close(
    connection: psycopg.Connection,
    target: sql.Identifier,
    load_id: int,
    condition: sql.Composable,
    other: sql.Composable = NOTHING,
) -> int:
    """Close the current rows of a raw table, called ``known`` in the condition, which may also name the other table."""
    statement = sql.SQL("update {} as known set _replaced_by_load_id = {} {} where known.{} and {}")
    return connection.execute(statement.format(target, load_id, other, CURRENT, condition)).rowcount


def _insert(connection: psycopg.Connection, target: sql.Identifier, table: Table, condition: sql.Composable) -> int:
    """Insert the rows of the stage, called ``came`` in the condition, for which it holds."""
    columns = identifiers([*PRIMARY_KEY, *(column.raw_name for column in table.columns)])
    statement = sql.SQL("insert into {} ({}) select {} from {} as came where {}")
    return connection.execute(statement.format(target, columns, columns, STAGE, condition)).rowcount


def _is_replaced(table: Table) -> sql.Composed:
    """Whether a known row shares the values of ``replaces`` with a row of the stage."""
    return sql.SQL("({}) in (select {} from {} as came)").format(
        key_of(table, table.replaces, "known"), key_of(table, table.replaces, "came"), STAGE
    )


def _values(table: Table) -> list[str]:
    return [column.raw_name for column in table.columns if not column.is_key]


def _of(alias: str, names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(alias, name) for name in names)


def _same(table: Table, columns: tuple[str, ...], one: str, other: str) -> sql.Composed:
    return sql.SQL("({}) = ({})").format(key_of(table, columns, one), key_of(table, columns, other))
