"""Which PostgreSQL to use, read from the environment.

In this order: ``DATABASE_URL``; any of ``PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE``; else the embedded server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from warehouse.errors import UsageError, one_line

PG_VARIABLES = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE")


@dataclass(frozen=True)
class Settings:
    """An address of a PostgreSQL database and the right to enter it."""

    host: str
    port: int
    user: str
    database: str
    password: str = field(default="", repr=False)
    options: Mapping[str, str] = field(default_factory=dict)  # such as sslmode

    @property
    def place(self) -> str:
        """Where the database is, fit to be shown: no password."""
        return f"{self.host}:{self.port}/{self.database}"

    @property
    def url(self) -> str:
        """The address with its password, as psql and SQLAlchemy read it."""
        secret = f":{quote(self.password, safe='')}" if self.password else ""
        host = self.host if "/" not in self.host else quote(self.host, safe="")
        options = f"?{urlencode(self.options)}" if self.options else ""
        user, database = quote(self.user, safe=""), quote(self.database, safe="")
        return f"postgresql://{user}{secret}@{host}:{self.port}/{database}{options}"

    @property
    def environment(self) -> dict[str, str]:
        """The same as PG* variables, for programs that are started."""
        values = (self.host, str(self.port), self.user, self.password, self.database)
        return dict(zip(PG_VARIABLES, values, strict=True))

    @property
    def connect_arguments(self) -> dict[str, object]:
        """Keyword arguments of ``psycopg.connect``."""
        return {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password or None,
            "dbname": self.database,
            "connect_timeout": 10,
            **self.options,
        }


def from_environment(environment: Mapping[str, str]) -> Settings | None:
    """The server that the environment names, or None when it names none.

    Raises UsageError when a variable is set but cannot be understood.
    """
    url = environment.get("DATABASE_URL", "").strip()
    if url:
        return _from_url(url)
    given = {name: environment[name] for name in PG_VARIABLES if environment.get(name)}
    if not given:
        return None
    user = given.get("PGUSER", "postgres")
    return Settings(
        host=given.get("PGHOST", "localhost"),
        port=_port(given.get("PGPORT", "5432"), "PGPORT"),
        user=user,
        database=given.get("PGDATABASE", user),
        password=given.get("PGPASSWORD", ""),
    )


def _from_url(url: str) -> Settings:
    scheme = url.partition("://")[0]
    if scheme not in ("postgresql", "postgres"):
        raise UsageError("DATABASE_URL must look like postgresql://user:password@host:5432/database")
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error as error:
        # libpq repeats the whole address in some messages, and with it the password
        reason = one_line(error) if url not in str(error) else "it cannot be read"
        raise UsageError(f"DATABASE_URL is not an address of PostgreSQL: {reason}") from None
    user = str(parts.pop("user", "postgres"))
    return Settings(
        host=str(parts.pop("host", "localhost")),
        port=_port(str(parts.pop("port", "5432")), "the port of DATABASE_URL"),
        user=user,
        database=str(parts.pop("dbname", user)),
        password=str(parts.pop("password", "")),
        options={name: str(value) for name, value in parts.items()},
    )


def _port(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise UsageError(f"{name} is {text!r}; a port is a number from 1 to 65535")
    return int(text)
