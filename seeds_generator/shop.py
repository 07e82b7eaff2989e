"""A whole shop, made part by part."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from seeds_generator.assortment import make_assortment
from seeds_generator.customers import make_customers
from seeds_generator.demand import make_demand
from seeds_generator.orders import Counts, OrderBook
from seeds_generator.parameters import Parameters
from seeds_generator.purchases import make_purchases
from seeds_generator.streams import Streams

TABLES = ("customers", "products", "orders", "order_items", "order_adjustments")


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
    pieces: dict[str, list[pa.Table]] = {name: [] for name in TABLES}
    for part in parts(parameters):
        for name, table in part.items():
            pieces[name].append(table)
    return Shop(**{name: pa.concat_tables(tables) for name, tables in pieces.items()})


def parts(parameters: Parameters) -> Iterator[dict[str, pa.Table]]:
    """The shop piece by piece: customers and products, then each month's orders, lines and adjustments."""
    streams = Streams(parameters.seed, parameters.store.store_id)
    demand = make_demand(parameters, streams)
    customers = make_customers(parameters, demand, streams)
    assortment = make_assortment(parameters, streams)
    yield {"customers": customers.table, "products": assortment.table}

    purchases = make_purchases(parameters, demand, customers, streams)
    book = OrderBook(parameters, streams, demand, customers, assortment, purchases)
    numbered = Counts()
    month_starts = demand.month_starts().tolist()
    for first_day, end_day in itertools.pairwise(month_starts):
        tables, numbered = book.month(first_day, end_day, numbered)
        yield tables
