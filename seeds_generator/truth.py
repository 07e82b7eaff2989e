"""The truth behind the files, unknown of a real shop, as tables of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

import numpy as np
import pyarrow as pa

from seeds_generator.columns import money, picks
from seeds_generator.customers import Customers
from seeds_generator.demand import Demand
from seeds_generator.expectations import HORIZONS_DAYS, Expected, promotion_id
from seeds_generator.orders import NEVER, Month, OrderBook
from seeds_generator.places import LOCALES
from seeds_generator.purchases import GUEST

NAMES = 400  # drawn per country


@dataclass
class Truth:
    """Collects what months tell, and makes the tables of the truth at the end of the last day written.

    Months must be added in order, from ``first_day`` to the last simulated one.
    """

    book: OrderBook
    values: list[np.ndarray] = field(init=False)
    lost: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.values = [np.zeros(len(self.book.customers)) for _ in HORIZONS_DAYS]

    def add(self, month: Month) -> None:
        """Take in a month: what its orders and refunds bring after the last day written, and what was out of stock."""
        written_end = self.book.demand.written_end
        baskets, refunds = month.baskets, month.refunds
        is_seen = baskets.lost_day < written_end
        self.lost.append((baskets.lost_day[is_seen], baskets.lost_product[is_seen], baskets.lost_quantity[is_seen]))
        bought = np.where((month.customer != GUEST) & (month.cancelled_at == NEVER), month.net_cents, 0)
        refunder = month.customer[refunds.order]
        for days, value in zip(HORIZONS_DAYS, self.values, strict=True):
            in_time = (month.day >= written_end) & (month.day < written_end + days) & (bought > 0)
            np.add.at(value, month.customer[in_time], bought[in_time])
            in_time = (refunds.day >= written_end) & (refunds.day < written_end + days) & (refunder != GUEST)
            np.add.at(value, refunder[in_time], -refunds.cents[in_time])

    def tables(self) -> Iterator[tuple[str, pa.Table]]:
        """Name and content of each table."""
        book = self.book
        expected = Expected(book)
        yield "customers", self._customers(expected)
        yield "people", _people(book)
        yield "days", _days(book.demand)
        yield "expected_revenue", expected.revenue()
        yield "promotions", expected.promotions()
        yield "calendar_events", _calendar_events(book)
        yield "stock_outs", self._stock_outs()
        yield "products", _products(book)
        yield "prices", _prices(book)

    def parameters(self) -> dict[str, object]:
        """The parameters as asked, and those that followed from them."""
        purchases, behaviour = self.book.purchases, self.book.parameters.behaviour
        a, b = purchases.dropout_shapes
        return {
            "bg_nbd": {
                "r": behaviour.purchase_shape,
                "alpha_days": behaviour.purchase_shape / purchases.scale,
                "a": float(a),
                "b": float(b),
            },
            "gamma_gamma": {"p": behaviour.spend_shape, "q": behaviour.spend_customer_shape},
            "checkout_rate": purchases.checkout_rate,
            "behaviour": asdict(behaviour),
        }

    def _customers(self, expected: Expected) -> pa.Table:
        book = self.book
        customers, purchases, demand, behaviour = book.customers, book.purchases, book.demand, book.parameters.behaviour
        is_here = _is_here(customers, demand)
        here = np.flatnonzero(is_here)
        now = demand.edges[demand.written_end]
        dropout = purchases.dropout_moment[here]
        is_known = np.isfinite(dropout) & (dropout < demand.edges[demand.end])
        dropout_day = demand.day_of(np.where(is_known, dropout, now))[0]
        order_value = expected.mean_line_cents * (1 + (behaviour.basket_lines - 1) * customers.size[here])
        columns = {
            "store_id": pa.repeat(book.parameters.store.store_id, len(here)),
            "customer_id": picks(customers.ids, here),
            "purchase_rate_per_day": pa.array(np.round(purchases.rate[here], 9)),
            "dropout_rate": pa.array(np.round(purchases.dropout_rate[here], 9)),
            "dropout_date": pa.array(demand.days[dropout_day], mask=~is_known),
            "mean_order_value": money(np.rint(order_value).astype(np.int64)),
        }
        is_alive = (dropout >= now) & (purchases.first_moment[here] < now)
        kept = (1 - behaviour.cancellation_rate) * (1 - expected.returned_rate)
        for days, value in zip(HORIZONS_DAYS, self.values, strict=True):
            columns[f"value_{days}_days"] = money(np.rint(value[here]).astype(np.int64))
            span = demand.edges[demand.written_end + days] - now
            # the expected number of orders of one BG/NBD customer who is still there: (1 - exp(-rate p t)) / p
            leaves = purchases.dropout_rate[here].clip(min=1e-12)
            count = -np.expm1(-purchases.rate[here] * leaves * span) / leaves
            worth = np.where(is_alive, count * order_value * kept, 0.0)
            columns[f"expected_value_{days}_days"] = money(np.rint(worth).astype(np.int64))
        return pa.table(columns)

    def _stock_outs(self) -> pa.Table:
        """One row per product and day on which it was out of stock, with what was asked for in vain."""
        demand, assortment = self.book.demand, self.book.shelf.assortment
        day, product, quantity = (np.concatenate(column) for column in zip(*self.lost, strict=True))
        wanted: dict[tuple[int, int], int] = {}
        for key in zip(day.tolist(), product.tolist(), quantity.tolist(), strict=True):
            wanted[key[:2]] = wanted.get(key[:2], 0) + key[2]
        rows = []
        for here in range(demand.first, demand.written_end):
            is_sold = (assortment.launch_day <= here) & (here < assortment.end_day)
            rows += [(here, out) for out in np.flatnonzero(assortment.is_out_on(here) & is_sold).tolist()]
        days, products = (np.array([row[place] for row in rows], dtype=np.int64) for place in (0, 1))
        units = np.array([wanted.get(row, 0) for row in rows], dtype=np.int64)
        return pa.table(
            {
                "date": pa.array(demand.days[days]),
                "product_id": picks(assortment.ids, products),
                "lost_units": pa.array(units),
                "lost_gross_revenue": money(units * assortment.prices_on(days, products)),
            }
        )


def _is_here(customers: Customers, demand: Demand) -> np.ndarray:
    is_here = np.zeros(len(customers), dtype=bool)
    is_here[: customers.table.num_rows] = True
    return is_here


def _people(book: OrderBook) -> pa.Table:
    """Names and addresses, which the raw tables do not hold: a shop's export for analysis need not either."""
    from faker import Faker

    table, streams = book.customers.table, book.streams
    country = table["country"].to_numpy(zero_copy_only=False) if table.num_rows else np.empty(0, dtype=object)
    name, street, postcode = (np.empty(len(country), dtype=object) for _ in range(3))
    draws = [
        streams.of(f"people.{what}").random(len(country)) for what in ("first", "last", "street", "number", "code")
    ]
    for code in sorted(set(country.tolist())):
        here = country == code
        faker = Faker(LOCALES[code], use_weighting=False)
        faker.seed_instance(int(streams.of(f"people.faker.{code}").integers(2**32)))
        pools = [
            np.array([make() for _ in range(NAMES)], dtype=object)
            for make in (faker.first_name, faker.last_name, faker.street_name, faker.postcode)
        ]
        first, last, road, post = (
            pool[(draw[here] * NAMES).astype(int)] for pool, draw in zip(pools, (*draws[:3], draws[4]), strict=True)
        )
        number = (1 + draws[3][here] ** 2 * 120).astype(int).astype(str).astype(object)
        name[here] = first + " " + last
        street[here] = number + " " + road if code in ("GB", "IE", "US") else road + " " + number
        postcode[here] = post
    return pa.table(
        {
            "customer_id": table["customer_id"],
            "full_name": pa.array(name, pa.string()),
            "street": pa.array(street, pa.string()),
            "postcode": pa.array(postcode, pa.string()),
            "city": table["city"],
        }
    )


def _days(demand: Demand) -> pa.Table:
    """One row per day with the factors of its demand, until a year after the last day written."""
    days = slice(demand.first, demand.written_end + max(HORIZONS_DAYS))
    factors = {f"{name}_factor": pa.array(np.round(factor[days], 6)) for name, factor in demand.factors.items()}
    return pa.table(
        {
            "date": pa.array(demand.days[days]),
            **factors,
            "demand": pa.array(np.round(demand.level[days], 9)),
            "is_sale": pa.array(demand.is_sale[days]),
        }
    )


def _calendar_events(book: OrderBook) -> pa.Table:
    """One row per sale, and per campaign and product, until a year after the last day written.

    It is what the store itself knows ahead, in the columns of the project's own list of events. Of a campaign these are
    the products that the store has by now and sells then.
    """
    demand, assortment = book.demand, book.shelf.assortment
    last = demand.written_end + max(HORIZONS_DAYS) - 1
    first_date, last_date = demand.days[[demand.first, last]]
    ids = assortment.ids.to_pylist()
    rows = [
        (sale.name, sale.first_date, sale.last_date, None, None, sale.pct)
        for sale in demand.sales
        if first_date <= sale.last_date <= last_date
    ]
    for number, promotion in enumerate(book.shelf.promotions):
        if promotion.last_day > last:
            continue
        launch_day, end_day = assortment.launch_day[promotion.products], assortment.end_day[promotion.products]
        is_known = launch_day <= min(promotion.last_day, demand.written_end - 1)
        category = assortment.vocabulary.categories[promotion.category].name
        days = demand.days[[promotion.first_day, promotion.last_day]]
        rows += [
            (promotion_id(number), *days, category, ids[product], promotion.pct)
            for product in promotion.products[is_known & (end_day > promotion.first_day)]
        ]
    names, starts, ends, categories, products, pcts = zip(*rows, strict=True) if rows else [()] * 6
    return pa.table(
        {
            "store_id": pa.repeat(book.parameters.store.store_id, len(rows)),
            "event_name": pa.array(names, pa.string()),
            "event_kind": pa.repeat("promotion", len(rows)),
            "starts_on": pa.array(np.array(starts, dtype="datetime64[D]")),
            "ends_on": pa.array(np.array(ends, dtype="datetime64[D]")),
            "category": pa.array(categories, pa.string()),
            "product_id": pa.array(products, pa.string()),
            "discount_pct": pa.array(pcts, pa.int64()),
        }
    )


def _products(book: OrderBook) -> pa.Table:
    assortment, demand = book.shelf.assortment, book.demand
    product = np.flatnonzero(assortment.launch_day < demand.written_end)
    categories = assortment.vocabulary.categories
    elasticity = np.array([category.elasticity for category in categories])[assortment.category]
    end_day = assortment.end_day[product]
    return pa.table(
        {
            "product_id": picks(assortment.ids, product),
            "popularity": pa.array(np.round(assortment.popularity[product], 12)),
            "elasticity": pa.array(elasticity[product]),
            "launch_date": pa.array(demand.days[assortment.launch_day[product]]),
            "end_date": pa.array(demand.days[end_day.clip(max=demand.end - 1)], mask=end_day >= demand.written_end),
        }
    )


def _prices(book: OrderBook) -> pa.Table:
    """One row per product and day from which its price or cost holds, the first on the first day of the history."""
    assortment, demand = book.shelf.assortment, book.demand
    rows = []
    before = None
    for day in range(demand.first, demand.written_end):
        now = np.stack([assortment.prices_on(day), assortment.costs_on(day)])
        is_sold = assortment.launch_day <= day
        is_told = (
            is_sold if before is None else is_sold & ((now != before).any(axis=0) | (assortment.launch_day == day))
        )
        product = np.flatnonzero(is_told)
        rows.append((np.full(len(product), day), product, now[0, product], now[1, product]))
        before = now
    day, product, price, cost = (np.concatenate(column) for column in zip(*rows, strict=True))
    return pa.table(
        {
            "product_id": picks(assortment.ids, product),
            "valid_from": pa.array(demand.days[day]),
            "price": money(price),
            "cost": money(cost),
        }
    )
