"""Which store a shop is made for: read from the project's own list of stores, so that it is said once."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from warehouse import DataError, UsageError

STORES = Path(__file__).resolve().parents[1] / "dbt_project" / "seeds" / "stores.csv"
SOURCE = "shop"  # the kind of export that the generator writes


@dataclass(frozen=True)
class Store:
    """A store: its id, the ISO code of its currency, its IANA time zone and its two-letter country."""

    store_id: str
    currency: str
    time_zone: str
    country_code: str

    def __post_init__(self) -> None:
        # the files are written without quotes, so an id may hold nothing that would need them
        if not all(re.fullmatch(r"[\w.-]+", text) for text in (self.store_id, self.currency)):
            raise UsageError(
                f"store {self.store_id!r} with currency {self.currency!r}: "
                "both may hold letters, digits, dots, dashes and underscores only"
            )


def find_store(store_id: str, stores: Path = STORES) -> Store:
    """The store of that id in the list of stores.

    Raises UsageError when there is none of the source ``shop``, DataError when the list cannot be read.
    """
    try:
        with stores.open(encoding="utf-8", newline="") as lines:
            rows = {row["store_id"]: row for row in csv.DictReader(lines) if row["source_name"] == SOURCE}
        if store_id not in rows:
            raise UsageError(
                f"--store: no store {store_id!r} of source {SOURCE!r} in {stores.name}; "
                f"known: {', '.join(sorted(rows)) or 'none'}"
            )
        row = rows[store_id]
        return Store(store_id, row["currency"], row["time_zone"], row["country_code"])
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read the list of stores {stores}: {error}") from None
    except KeyError as error:
        raise DataError(f"the list of stores {stores} has no column {error}") from None


def is_known(store_id: str, stores: Path = STORES) -> bool:
    """Whether the list of stores has a store of that id and of the source ``shop``."""
    try:
        find_store(store_id, stores)
    except UsageError:
        return False
    return True
