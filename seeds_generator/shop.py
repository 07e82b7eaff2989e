"""A whole shop, made part by part."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seeds_generator.assortment import make_assortment
from seeds_generator.clock import DAY_SECONDS, to_utc
from seeds_generator.customers import make_customers
from seeds_generator.demand import make_demand
from seeds_generator.orders import BEGINNING, NEVER, OrderBook
from seeds_generator.parameters import Parameters
from seeds_generator.promotions import Shelf
from seeds_generator.purchases import make_purchases
from seeds_generator.streams import Streams

TABLES = ("customers", "products", "orders", "order_items", "order_adjustments")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Shop:
    """The five tables of a shop, as Arrow tables; ``shop.orders.to_pandas()`` makes a frame.

    Columns and their order are those of the source ``shop``. Money is decimal(18, 2) in the store's currency,
    times are time stamps in the store's zone, orders are in the order of time, lines and adjustments in the
    order of their orders.
    """

    customers: pa.Table
    products: pa.Table
    orders: pa.Table
    order_items: pa.Table
    order_adjustments: pa.Table


def generate(parameters: Parameters) -> Shop:
    """The shop of these parameters, in memory. The same parameters give the same shop.

    See ``write`` for shops that are larger than memory.
    """
    book = open_book(parameters)
    now = end_of(parameters, parameters.last_date)
    pieces: dict[str, list[pa.Table]] = {name: [] for name in TABLES}
    for part in parts(book, BEGINNING, now):
        for name, table in part.items():
            pieces[name].append(table)
    return Shop(**{name: pa.concat_tables(tables) for name, tables in pieces.items()})


def open_book(parameters: Parameters, late_rate: float = 0.0, late_from: int = NEVER) -> OrderBook:
    """All that the orders of a shop are made from; ``late_rate`` of those after ``late_from`` are told of late."""
    streams = Streams(parameters.seed, parameters.store.store_id)
    demand = make_demand(parameters, streams)
    customers = make_customers(parameters, demand, streams, end_of(parameters, parameters.last_date))
    shelf = Shelf(make_assortment(parameters, demand, streams), demand, streams)
    purchases = make_purchases(parameters, demand, customers, streams)
    return OrderBook(parameters, streams, demand, customers, shelf, purchases, late_rate, late_from)


def end_of(parameters: Parameters, day: date) -> int:
    """The last second of a day in the store's zone, in seconds since 1970 in UTC."""
    midnight = (np.datetime64(day, "D").astype(np.int64) + 1) * DAY_SECONDS
    return int(to_utc(np.array([midnight]), parameters.store.time_zone)[0]) - 1


def parts(book: OrderBook, since: int, now: int) -> Iterator[dict[str, pa.Table]]:
    """The shop piece by piece: customers and products, then each month's orders, lines and adjustments.

    Of the orders it is what is told after the second ``since`` and up to ``now``.
    """
    yield people_and_products(book, since, now)
    months = book.months_told(since, now)
    yield from (book.tables(book.make(*month), since, now) for month in months)


def people_and_products(book: OrderBook, since: int, now: int) -> dict[str, pa.Table]:
    """The customers who registered after the second ``since`` and up to ``now``, and the products that have changed.

    Products are told of as they are at the end of the last whole day before ``now``.
    """
    customers, assortment = book.customers, book.shelf.assortment
    registered_at = customers.registered_at[: customers.table.num_rows]
    before, after = (book.last_whole_day(second) for second in (since, now))
    products = assortment.table_on(after)
    if since != BEGINNING:
        known = assortment.table_on(before)
        is_changed = np.ones(len(products), dtype=bool)
        is_changed[: len(known)] = False  # the others were launched since
        for column in ("price", "cost", "stock_quantity"):
            differs = pc.not_equal(products[column].slice(0, len(known)), known[column])
            is_changed[: len(known)] |= differs.to_numpy()
        products = products.filter(pa.array(is_changed))
    return {
        "customers": customers.table.filter(pa.array((since < registered_at) & (registered_at <= now))),
        "products": products,
    }


def in_order(make: Callable[..., Made], tasks: list[tuple], workers: int) -> Iterator[Made]:
    """``make(*task)`` for each task by several threads, few of them ahead: results come in the order of the tasks."""
    with ThreadPoolExecutor(workers) as pool:
        waiting = deque()
        for task in tasks:
            waiting.append(pool.submit(make, *task))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
