"""The one door to the database: settings, the embedded server, bulk reading and replacing, errors with exit codes."""

from warehouse.database import HOME, REPOSITORY, Warehouse, embedded_server
from warehouse.errors import (
    BusyError,
    DatabaseError,
    DataError,
    QualityError,
    TidemartError,
    UsageError,
    run_command,
)
from warehouse.settings import Settings

__all__ = [
    "HOME",
    "REPOSITORY",
    "BusyError",
    "DataError",
    "DatabaseError",
    "QualityError",
    "Settings",
    "TidemartError",
    "UsageError",
    "Warehouse",
    "embedded_server",
    "run_command",
]
