"""What a source is, read from the dbt YAML that declares it: the only place where raw columns are listed.

``config.meta`` of a table holds:

- ``file``: the name of its file
- ``key``: the columns that identify a row over all deliveries, texts without surrounding blanks. Without a key, a row
  is identified by its content and occurrence within the file of that name.
- ``replaces``: one column or several. A file replaces all current rows that share these values with one of its rows.
- ``time_zone``: the zone of times without an offset; without it an offset is required.
- ``indexes``: lists of columns by which dbt looks rows up.

``config.meta`` of a column holds ``range`` (least and greatest value of a number, a date or a time, checked at load)
and ``optional`` (true: the file may lack the column, which is then null). A column with the data test ``not_null`` is
required at load. Further expectations (``expect`` of a column, ``volume`` of a table): see ``ingestion.expectations``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from ingestion.expectations import Expectation, read_expectations
from ingestion.patterns import ValuePattern, value_pattern
from warehouse import REPOSITORY, DataError, UsageError

STAGING = REPOSITORY / "dbt_project" / "models" / "staging"
PROJECT = REPOSITORY / "dbt_project.yml"
SYSTEM_COLUMNS = {
    "_load_id": "bigint not null",
    "_line": "bigint not null",
    "_loaded_at": "timestamptz not null default now()",
    "_replaced_by_load_id": "bigint",
}
CHECKS = "checks"
FILE_KINDS = (".csv", ".csv.gz", ".csv.zst", ".parquet")
YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, ten times as fast
DELIVERY_MARK = re.compile(r"[-_. ].+", re.DOTALL)


@dataclass(frozen=True)
class Column:
    """A declared column. ``name`` is as the YAML and the file write it, ``raw_name`` as the raw table does."""

    name: str
    data_type: str
    is_required: bool
    is_key: bool
    value: ValuePattern
    is_optional: bool = False

    @property
    def raw_name(self) -> str:
        """Lower-cased, so that SQL may write the name as the YAML does, without quotes."""
        return self.name.lower()


@dataclass(frozen=True)
class Table:
    """A raw table and the file that it is read from.

    ``key``, ``replaces`` and ``indexes`` hold raw names. Without a key, rows are identified by content and occurrence.
    ``indexes`` are columns by which dbt and the loader look rows up.
    """

    name: str
    file: str
    key: tuple[str, ...]
    time_zone: str | None
    columns: tuple[Column, ...]
    description: str = ""
    replaces: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    expectations: tuple[Expectation, ...] = ()

    @property
    def row_key(self) -> tuple[str, ...]:
        """The columns that are unique among the current rows."""
        return row_key(self.key)

    def is_text(self, raw_name: str) -> bool:
        """Whether the column of that name is declared as text."""
        return any(column.raw_name == raw_name and column.data_type == "text" for column in self.columns)


@dataclass(frozen=True)
class Source:
    """A kind of export: the tables of one folder below models/staging that name a file."""

    name: str
    tables: tuple[Table, ...]

    @property
    def schema(self) -> str:
        """The schema of the raw tables and of the results of their checks."""
        return f"raw_{self.name}"

    def load_order(self, path: Path) -> tuple[str, int]:
        """Sorts files by delivery mark, and those of a delivery as the YAML lists their tables."""
        stem = without_format(path.name)
        for place, table in enumerate(self.tables):
            if _begins_with(stem, without_format(table.file)) and table == self.table_of(path):
                return stem[len(without_format(table.file)) :], place
        return "", len(self.tables)

    def table_of(self, path: Path) -> Table:
        """The table that a file belongs to, by its name; raises DataError when there is none.

        The name without its format must equal ``meta.file``, or go on after it with a separator and a delivery mark
        (orders_2024-01-05.csv, orders-0001.csv.gz); the longest match wins. A source with one table takes any name.
        """
        stem = without_format(path.name)
        fitting = [table for table in self.tables if _begins_with(stem, without_format(table.file))]
        if fitting:
            return max(fitting, key=lambda table: len(without_format(table.file)))
        if len(self.tables) == 1:
            return self.tables[0]
        files = [table.file for table in self.tables]
        nearest = difflib.get_close_matches(path.name, files, n=1, cutoff=0.0)[0]
        raise DataError(
            f"{path}: no table of the source {self.name} is read from a file of this name; the nearest is {nearest}, "
            f"and a delivery may be marked as in {without_format(nearest)}_2024-01-05.csv"
        )


def list_sources(staging: Path = STAGING) -> list[str]:
    """Names of the sources that are read from files, in order."""
    return [name for name, path in _declarations(staging).items() if _tables_with_a_file(path)]


def enabled_sources(staging: Path = STAGING, project: Path = PROJECT) -> list[str]:
    """Names of the sources that dbt builds marts from: those under ``vars: sources`` of dbt_project.yml, in order."""
    content = yaml.load(project.read_text(encoding="utf-8"), YAML_LOADER) or {}
    known = list_sources(staging)
    return [name for name in (content.get("vars") or {}).get("sources") or [] if name in known]


def read_source(name: str, staging: Path = STAGING) -> Source:
    """The source of that name as its YAML declares it today.

    Raises UsageError with the nearest name for an unknown source, DataError for a declaration that cannot be used.
    """
    path = _declarations(staging).get(name)
    tables = _tables_with_a_file(path) if path else []
    if not tables:
        names = list_sources(staging)
        nearest = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {nearest[0]}?" if nearest else f"known: {', '.join(names) or 'none'}"
        raise UsageError(f"there is no source {name!r}; {hint}")
    return Source(name, tuple(_read_table(path, declared) for declared in tables))


def row_key(key: tuple[str, ...]) -> tuple[str, ...]:
    """What identifies a current row: the declared key, else its load and line."""
    return key or ("_load_id", "_line")


def without_format(file_name: str) -> str:
    """A file's name without the ending that says how it is written."""
    return next((file_name[: -len(kind)] for kind in FILE_KINDS if file_name.lower().endswith(kind)), file_name)


def _begins_with(stem: str, known: str) -> bool:
    return stem == known or (stem.startswith(known) and DELIVERY_MARK.fullmatch(stem[len(known) :]) is not None)


def _declarations(staging: Path) -> dict[str, Path]:
    return {path.parent.name: path for path in sorted(staging.glob("*/_*__sources.yml"))}


def _tables_with_a_file(path: Path) -> list[dict]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), YAML_LOADER) or {}
        tables = [table for source in content.get("sources", []) for table in source.get("tables", [])]
        return [table for table in tables if "file" in _meta(table)]
    except (yaml.YAMLError, AttributeError, TypeError) as error:
        raise DataError(f"{path}: this is no list of dbt sources: {' '.join(str(error).split())}") from None


def _read_table(path: Path, declared: dict) -> Table:
    meta = _meta(declared)
    key = _names(meta.get("key") or [])
    replaces = _names(meta.get("replaces") or [])
    declared_indexes = [_names(columns) for columns in meta.get("indexes", [])]
    indexes = tuple(dict.fromkeys([*declared_indexes, *([replaces] if replaces else [])]))
    place = f"{path}: table {declared.get('name')}"
    try:
        if meta.get("time_zone"):
            ZoneInfo(meta["time_zone"])
        required = (*key, *replaces)  # a row without them could not be found again
        columns = tuple(_read_column(column, key, required, meta.get("time_zone")) for column in declared["columns"])
    except (ValueError, KeyError, OSError) as error:
        raise DataError(f"{place}: {error}") from None
    names = [column.raw_name for column in columns]
    _refuse(place, sorted({name for name in names if names.count(name) > 1}), "declared twice (letter case aside)")
    _refuse(place, sorted(set(names) & set(SYSTEM_COLUMNS)), "the loader's own; rename the column in the file")
    _refuse(place, [name for name in key if name not in names], "in the key but not among the columns")
    _refuse(place, [name for name in replaces if name not in names], "in replaces but not among the columns")
    unknown = [name for columns in indexes for name in columns if name not in names]
    _refuse(place, unknown, "in an index but not among the columns")
    _refuse(place, {declared["name"]} & {CHECKS}, "the loader's own table")
    try:
        metas = zip(columns, map(_meta, declared["columns"]), strict=True)
        suite = read_expectations(list(metas), row_key(key), meta.get("volume"), meta.get("time_zone"))
    except ValueError as error:
        raise DataError(f"{place}: {error}") from None
    description = str(declared.get("description", ""))
    file, zone = str(meta["file"]), meta.get("time_zone")
    return Table(declared["name"], file, key, zone, columns, description, replaces, indexes, suite)


def _names(declared: str | list) -> tuple[str, ...]:
    """Raw names of one column or of a list of columns."""
    return tuple(str(name).lower() for name in (declared if isinstance(declared, list) else [declared]))


def _read_column(declared: dict, key: tuple[str, ...], required: tuple[str, ...], time_zone: str | None) -> Column:
    name = declared["name"]
    data_type = str(declared.get("data_type") or "").lower().replace(" ", "")
    bounds = _meta(declared).get("range")
    is_key = name.lower() in key
    today = datetime.now(timezone.utc).date()
    try:
        if bounds is not None and (not isinstance(bounds, list) or len(bounds) != 2):
            raise ValueError(f"the range must be two values, the least and the greatest, not {bounds}")
        if bounds is not None and data_type in ("text", "boolean"):
            raise ValueError(f"a range is for numbers, dates and times, not for {data_type}")
        value = value_pattern(data_type, time_zone is not None, bounds and tuple(bounds), today)
    except ValueError as error:
        raise ValueError(f"column {name}: {error}") from None
    tests = declared.get("data_tests", [])
    is_not_null = any(test == "not_null" or (isinstance(test, dict) and "not_null" in test) for test in tests)
    is_required, is_optional = is_not_null or name.lower() in required, _meta(declared).get("optional") is True
    if is_required and is_optional:
        raise ValueError(f"column {name}: a column that must have a value cannot be optional")
    return Column(name, data_type, is_required, is_key, value, is_optional)


def _meta(declared: dict) -> dict:
    return (declared.get("config") or {}).get("meta") or {}


def _refuse(place: str, names: Iterable[str], reason: str) -> None:
    for name in names:
        raise DataError(f"{place}: {name} is {reason}")
