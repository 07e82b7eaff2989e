"""What was to be expected of each day, category and promotion, given the customers and when they leave."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from seeds_generator.columns import money, picks
from seeds_generator.orders import OrderBook

HORIZONS_DAYS = (90, 180, 365)
SAMPLE = 20_000  # of order sizes, for the share of orders with one line


class Expected:
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
        usual_pct = float(np.average(behaviour.discount_pcts, weights=behaviour.discount_weights))
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
            coupon_pct = demand.sale_pct[day] or usual_pct
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
            "promotion_id": [promotion_id(number) for number, _ in shown],
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


def promotion_id(number: int) -> str:
    """What a promotion is called in the tables of the truth."""
    return f"promotion_{number + 1:04}"


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
