"""What nobody can know of a real shop: the truth behind the files, as tables of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

import numpy as np
import pyarrow as pa

from seeds_generator.columns import money, picks
from seeds_generator.customers import Customers
from seeds_generator.demand import Demand
from seeds_generator.orders import NEVER, Month, OrderBook
from seeds_generator.places import LOCALES
from seeds_generator.purchases import GUEST

HORIZONS_DAYS = (90, 180, 365)
SAMPLE = 20_000  # of order sizes, for the share of orders with one line
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
        expected = _Expected(book)
        yield "customers", self._customers(expected)
        yield "people", _people(book)
        yield "days", _days(book.demand)
        yield "expected_revenue", expected.revenue()
        yield "promotions", expected.promotions()
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

    def _customers(self, expected: _Expected) -> pa.Table:
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


class _Expected:
    """Expectations of days and categories, given who the customers are and when they leave."""

    def __init__(self, book: OrderBook) -> None:
        self.book = book
        demand, shelf, behaviour = book.demand, book.shelf, book.parameters.behaviour
        self.days = np.arange(demand.first, demand.written_end + max(HORIZONS_DAYS))
        orders, sizes = _expected_orders(book)
        self.orders = orders[self.days]
        lines = self.orders + (behaviour.basket_lines - 1) * sizes[self.days]
        units_per_line = float(np.average(behaviour.quantities, weights=behaviour.quantity_weights))
        single_rate = _single_line_rate(book)
        category_count = len(shelf.assortment.vocabulary.categories)
        self.gross, self.discounts, self.lost = np.zeros((3, len(self.days), category_count))
        coupon_pct = float(np.average(behaviour.discount_pcts, weights=behaviour.discount_weights))
        self.with_promotion = [0.0] * len(shelf.promotions)
        self.without_promotion = [0.0] * len(shelf.promotions)
        number_of = {id(promotion): number for number, promotion in enumerate(shelf.promotions)}
        for place, day in enumerate(self.days.tolist()):
            seen = shelf.on(day)
            total = seen.weight.sum()
            there = np.where(seen.is_out, 0.0, seen.weight)
            # an order of one line whose product is not there takes another one
            replaced = self.orders[place] * single_rate * (1 - there.sum() / total)
            units = (lines[place] * there / total + replaced * there / there.sum()) * units_per_line
            price = shelf.assortment.prices_on(day)
            category = shelf.assortment.category
            self.gross[place] = np.bincount(category, units * price, category_count)
            lost = lines[place] * (seen.weight - there) / total * units_per_line
            self.lost[place] = np.bincount(category, lost * price, category_count)
            coupon_rate = behaviour.sale_discount_rate if demand.is_sale[day] else behaviour.discount_rate
            pct = np.where(seen.promotion_pct > 0, seen.promotion_pct, coupon_rate * coupon_pct)
            self.discounts[place] = np.bincount(category, units * price * pct / 100, category_count)
            for promotion in seen.promotions:
                own = there[promotion.products].sum()
                plain = own / promotion.demand_factor
                number = number_of[id(promotion)]
                self.with_promotion[number] += lines[place] * units_per_line * own / total
                all_own = seen.weight[promotion.products].sum()
                rest = total - all_own + all_own / promotion.demand_factor
                self.without_promotion[number] += lines[place] * units_per_line * plain / rest
        self.lines = lines
        # what a line is worth in the year to come, and how much of it comes back
        year = self.days >= demand.written_end
        net = (self.gross - self.discounts).sum(axis=1)
        self.mean_line_cents = float(net[year].sum() / lines[year].sum()) if lines[year].sum() else 0.0
        mean_lines = behaviour.basket_lines
        whole_rate = behaviour.whole_refund_rate + (1 - behaviour.whole_refund_rate) * single_rate
        self.returned_rate = behaviour.refund_rate * (whole_rate + (1 - whole_rate) / mean_lines)

    def revenue(self) -> pa.Table:
        """One row per day and category: expectations of orders that are not cancelled, before returns."""
        book = self.book
        names = [category.name for category in book.shelf.assortment.vocabulary.categories]
        kept = 1 - book.parameters.behaviour.cancellation_rate
        gross, discounts, lost = (np.rint(kept * values).astype(np.int64).ravel() for values in (
            self.gross, self.discounts, self.lost,
        ))  # fmt: skip
        return pa.table(
            {
                "date": pa.array(np.repeat(book.demand.days[self.days], len(names))),
                "category": picks(pa.array(names), np.tile(np.arange(len(names)), len(self.days))),
                "expected_orders_of_the_day": pa.array(np.round(np.repeat(self.orders * kept, len(names)), 4)),
                "expected_gross_revenue": money(gross),
                "expected_discounts": money(discounts),
                "expected_net_before_returns": money(gross - discounts),
                "expected_lost_gross_revenue": money(lost),
            }
        )

    def promotions(self) -> pa.Table:
        """One row per promotion until a year after the last day written."""
        book = self.book
        assortment, demand = book.shelf.assortment, book.demand
        shown = [
            (number, promotion)
            for number, promotion in enumerate(book.shelf.promotions)
            if promotion.last_day <= self.days[-1]
        ]
        promotions = [promotion for _, promotion in shown]
        names = pa.array([category.name for category in assortment.vocabulary.categories])
        ids = np.array(assortment.ids.to_pylist())
        columns = {
            "promotion_id": [f"promotion_{number + 1:04}" for number, _ in shown],
            "first_date": pa.array(demand.days[[promotion.first_day for promotion in promotions]]),
            "last_date": pa.array(demand.days[[promotion.last_day for promotion in promotions]]),
            "category": picks(names, [promotion.category for promotion in promotions]),
            "discount_pct": [promotion.pct for promotion in promotions],
            "lift_of_being_shown": [promotion.lift for promotion in promotions],
            "demand_factor": [round(promotion.demand_factor, 6) for promotion in promotions],
            "expected_units": [round(self.with_promotion[number], 3) for number, _ in shown],
            "expected_units_without": [round(self.without_promotion[number], 3) for number, _ in shown],
            "product_ids": [" ".join(ids[promotion.products]) for promotion in promotions],
        }
        return pa.table(columns)


def _expected_orders(book: OrderBook) -> tuple[np.ndarray, np.ndarray]:
    """Expected orders of each day, and the sum of their sizes; shape (days,)."""
    demand, purchases, behaviour = book.demand, book.purchases, book.parameters.behaviour
    weights = demand.weights(behaviour.arrival_growth_rate)
    guests = purchases.guests_per_demand * weights
    stays = np.flatnonzero(purchases.rate > 0)
    # who did not register while ordering waits for the first order at the same rate
    begin = demand.day_of(book.customers.arrival[stays])[0]
    end = demand.day_of(purchases.dropout_moment[stays].clip(max=demand.edges[-1]))[0]
    parts = []
    for share in (1.0, book.customers.size[stays] if len(stays) else 1.0):
        change = np.zeros(len(demand.days) + 1)
        np.add.at(change, begin, purchases.rate[stays] * share)
        np.add.at(change, end, -purchases.rate[stays] * share)
        parts.append(np.cumsum(change)[:-1] * demand.level)
    # and first orders of those who register while ordering
    new_count = book.customers.history_count - np.count_nonzero(book.customers.is_established)
    history = slice(demand.first, demand.history_end)
    first = purchases.checkout_rate * new_count * weights / weights[history].sum()
    return parts[0] + guests + first, parts[1] + guests + first


def _single_line_rate(book: OrderBook) -> float:
    """Share of orders with one line, for customers of all sizes: by drawing, as there is no closed form."""
    behaviour = book.parameters.behaviour
    stream = book.streams.of("truth.sizes")
    size = stream.standard_gamma(behaviour.spend_shape, SAMPLE) / behaviour.spend_shape
    other = behaviour.spend_customer_shape
    size *= (other - 1) / stream.standard_gamma(other, SAMPLE).clip(0.05)
    return float(np.exp(-(behaviour.basket_lines - 1) * size).mean())


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
