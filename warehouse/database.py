"""The one door to the database."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from warehouse.embedded import EmbeddedServer
from warehouse.errors import BusyError, DatabaseError, one_line
from warehouse.profile import write_profile
from warehouse.settings import Settings, from_environment

if TYPE_CHECKING:
    import pandas as pd

REPOSITORY = Path(__file__).resolve().parents[1]
# everything that this machine keeps of the warehouse
HOME = Path(os.environ.get("TIDEMART_HOME") or REPOSITORY / ".tidemart").absolute()
ML_SCHEMA = Path(__file__).with_name("ml_schema.sql")


def embedded_server() -> EmbeddedServer:
    """The embedded server of this checkout."""
    return EmbeddedServer(HOME / "postgres")


@dataclass(frozen=True)
class Warehouse:
    """A PostgreSQL database that holds raw tables, marts and model output."""

    settings: Settings

    @classmethod
    def open(cls, environment: Mapping[str, str] | None = None) -> Warehouse:
        """The warehouse that the environment names, else the embedded one, started when it is down.

        Also writes dbt's profile and makes the schema ``ml``, so that dbt finds what it reads.
        Raises UsageError for a setting that cannot be understood, DatabaseError where no server answers.
        """
        settings = from_environment(os.environ if environment is None else environment)
        embedded = None if settings else embedded_server().start()
        write_profile(REPOSITORY, embedded)
        warehouse = cls(settings or embedded)
        warehouse.create_ml_schema()
        return warehouse

    @contextmanager
    def connect(self) -> Iterator[psycopg.Connection]:
        """A connection that is one transaction: committed at the end, rolled back on an error."""
        try:
            connection = psycopg.connect(**self.settings.connect_arguments)
        except psycopg.OperationalError as error:
            raise DatabaseError(
                f"cannot enter PostgreSQL at {self.settings.place} as {self.settings.user}: {_reason(error)}; "
                "check DATABASE_URL or the PG* variables"
            ) from None
        with connection:
            yield connection

    def read(self, query: str, parameters: tuple | Mapping | None = None) -> pd.DataFrame:
        """The rows of a query as a frame; see ``read_frame`` for the types."""
        from warehouse.frames import read_frame  # pandas takes a second to import, and many commands need none

        with self.connect() as connection:
            return read_frame(connection, query, parameters)

    def replace(self, table: str, frame: pd.DataFrame, where: Mapping[str, object] | None) -> int:
        """Replace the slice of a table by a frame, in one transaction; see ``replace_slice``."""
        from warehouse.frames import replace_slice

        with self.connect() as connection:
            return replace_slice(connection, table, frame, where)

    def count_rows(self, schema: str, name: str) -> int | None:
        """The rows of a table; None for a view, which would have to be computed, and for what is not there."""
        with self.connect() as connection:
            table = sql.Identifier(schema, name)
            found = connection.execute(
                "select 1 from pg_tables where schemaname = %s and tablename = %s", (schema, name)
            ).fetchone()
            return connection.execute(sql.SQL("select count(*) from {}").format(table)).fetchone()[0] if found else None

    @contextmanager
    def lock(self, name: str, wait: bool = True) -> Iterator[None]:
        """Hold the named lock of this database; the server frees it when the holder dies.

        Raises BusyError when ``wait`` is False and another process holds it.
        """
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        with self.connect() as connection:
            connection.autocommit = True
            if wait:
                connection.execute("select pg_advisory_lock(%s)", (key,))
            elif not connection.execute("select pg_try_advisory_lock(%s)", (key,)).fetchone()[0]:
                raise BusyError(f"another process holds the lock {name} of this warehouse; try again when it has ended")
            yield

    def create_ml_schema(self) -> None:
        """Make the tables that the models write, where they are missing."""
        with self.connect() as connection:
            # two at once would both find it missing
            connection.execute("select pg_advisory_xact_lock(hashtext('tidemart create ml schema'))")
            connection.execute("set local client_min_messages = warning")
            connection.execute(ML_SCHEMA.read_text())


def _reason(error: psycopg.Error) -> str:
    """The telling part of libpq's message: after the last FATAL or the last colon-headed line."""
    text = one_line(error)
    for mark in ("FATAL: ", "failed: "):
        if mark in text:
            return text.rsplit(mark, 1)[-1].strip()
    return text
