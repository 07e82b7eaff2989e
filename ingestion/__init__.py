"""A store's files into raw_<source>: read, type, reject, load, keep versions. The dbt source YAML declares columns."""

from ingestion.checks import CheckResult
from ingestion.ledger import LoadReport
from ingestion.load import FilesRefusedError, load
from ingestion.quality import check
from ingestion.rows import Rejection
from ingestion.sources import Column, Source, Table, enabled_sources, list_sources, read_source
from ingestion.tables import create

__all__ = [
    "CheckResult",
    "Column",
    "FilesRefusedError",
    "LoadReport",
    "Rejection",
    "Source",
    "Table",
    "check",
    "create",
    "enabled_sources",
    "list_sources",
    "load",
    "read_source",
]
