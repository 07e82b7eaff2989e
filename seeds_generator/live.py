"""The shop goes on before one's eyes: delivery after delivery, as a store would send them."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from seeds_generator.files import csv_text
from seeds_generator.manifest import read_parameters
from seeds_generator.orders import Month, OrderBook
from seeds_generator.parameters import Parameters
from seeds_generator.shop import end_of, open_book, people_and_products
from warehouse import DataError, UsageError

CURSOR = ".live.json"  # hidden, in each delivery: how far it goes
AHEAD_DAYS = 180  # of the shop that is thought out at once
LATE_RATE = 0.05
MOST_ORDERS = 100_000


@dataclass(frozen=True)
class LiveDelivery:
    """A delivery: its folder, the rows per table, and the moment of the shop's life that it goes up to."""

    folder: Path
    rows: dict[str, int]
    now: datetime


def live(
    folder: Path | str, orders: int = 20, late_rate: float = LATE_RATE, clock: Callable[[], float] = time.time
) -> Iterator[LiveDelivery]:
    """Deliver what happens next in the shop of a folder, ``orders`` new orders at a time.

    It ends where the shop would come to the present, in seconds since 1970 by ``clock``: no store sends what has not
    happened yet, and the loader would refuse it.

    A delivery is a folder of its own within the folder, named by the moment it goes up to, and is there whole or not at
    all. It holds what a store would send: new orders with their customers, lines and adjustments; orders that were
    held up (``late_rate`` of them, by hours); what has become of older ones, as cancellations and returns; and, after a
    day has ended, the products whose price, cost or stock has changed. One delivery follows the other without a gap,
    also when the program was stopped in between: each says in a hidden file how far it goes.

    Raises DataError where the folder holds no whole shop, UsageError where ``orders`` is out of range.
    """
    folder = Path(folder)
    if not 1 <= orders <= MOST_ORDERS:
        raise UsageError(f"--orders must be a whole number from 1 to {MOST_ORDERS:,}, not {orders}")
    parameters = read_parameters(folder)
    origin = since = end_of(parameters, parameters.last_date)
    for cursor in folder.glob(f"*/{CURSOR}"):
        said = json.loads(cursor.read_text(encoding="utf-8"))
        if said["origin"] != origin or said["late_rate"] != late_rate:
            raise DataError(f"{cursor.parent} is a delivery of another shop, or of another --late-rate; move it away")
        since = max(since, said["now"])
    for stray in folder.glob(".????-??-??T*.part"):
        shutil.rmtree(stray)  # of a feed that was killed
    feed = None
    while True:
        if feed is None or since >= feed.last:
            feed = _Feed.after(parameters, since, late_rate, origin)
        now = feed.moment_of(orders, since)
        if now > clock():
            return
        tables = feed.tables(since, now)
        moment = datetime.fromtimestamp(now, timezone.utc)
        name = f"{moment:%Y-%m-%dT%H-%M-%SZ}"
        part = folder / f".{name}.part"
        rows = {table: content.num_rows for table, content in tables.items() if content.num_rows}
        try:
            part.mkdir()
            for table in rows:
                (part / f"{table}_{name}.csv").write_bytes(csv_text(tables[table]))
            cursor = {"origin": origin, "now": now, "late_rate": late_rate}
            (part / CURSOR).write_text(json.dumps(cursor), encoding="utf-8")
            os.replace(part, folder / name)
        except OSError as error:
            raise DataError(f"cannot write into {folder}: {error.strerror or error}") from None
        finally:
            shutil.rmtree(part, ignore_errors=True)
        yield LiveDelivery(folder / name, rows, moment)
        since = now


class _Feed:
    """A shop thought out some months ahead."""

    def __init__(self, book: OrderBook, last: int) -> None:
        self.book = book
        self.last = last
        self._make = lru_cache(maxsize=16)(book.make)

    @classmethod
    def after(cls, parameters: Parameters, since: int, late_rate: float, origin: int) -> _Feed:
        """A feed that goes on for some months after the second ``since``."""
        begin = datetime.fromtimestamp(since, timezone.utc).date()
        ahead = replace(parameters, through=begin + timedelta(days=AHEAD_DAYS))
        # what is told late must be within the feed
        return cls(open_book(ahead, late_rate, origin), end_of(ahead, begin + timedelta(days=AHEAD_DAYS - 30)))

    def moment_of(self, orders: int, since: int) -> int:
        """The second at which so many orders have been told of after ``since``, at most ``last``."""
        told = np.concatenate([month.sent_at for month in self._months(since, self.last)])
        told = np.sort(told[(since < told) & (told <= self.last)])
        return int(told[orders - 1]) if len(told) >= orders else self.last

    def tables(self, since: int, now: int) -> dict[str, pa.Table]:
        """The rows of each table."""
        pieces = {table: [rows] for table, rows in people_and_products(self.book, since, now).items()}
        for month in self._months(since, now):
            for table, rows in self.book.tables(month, since, now).items():
                pieces.setdefault(table, []).append(rows)
        return {table: pa.concat_tables(rows) for table, rows in pieces.items()}

    def _months(self, since: int, now: int) -> list[Month]:
        return [self._make(*month) for month in self.book.months_told(since, now)]
