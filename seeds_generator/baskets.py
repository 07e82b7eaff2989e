"""What is in an order: products, units, prices and discounts of its lines."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from seeds_generator.behaviour import Behaviour
from seeds_generator.demand import Demand
from seeds_generator.promotions import Shelf
from seeds_generator.streams import Streams, choose

MOST_LINES = 60  # an order has two digits for its lines and what else is charged


@dataclass(frozen=True)
class Baskets:
    """The lines of some orders, order after order. Arrays of shape (lines,) unless said otherwise.

    ``order`` is the position of the line's order; ``first_line`` (orders + 1,) are the positions at which the
    orders begin, and the end; ``coupon_pct`` (orders,) is the percentage of the coupon, 0 without one. Money is in
    integer cents; ``promotion_cents`` is what a line is reduced by because its product is on promotion,
    ``coupon_cents`` its part of the coupon on the order. The ``lost_`` arrays are of shape (lost,): what was asked for
    and was not there.
    """

    order: np.ndarray
    product: np.ndarray
    quantity: np.ndarray
    unit_price_cents: np.ndarray
    total_price_cents: np.ndarray
    promotion_cents: np.ndarray
    coupon_cents: np.ndarray
    first_line: np.ndarray
    coupon_pct: np.ndarray
    lost_day: np.ndarray
    lost_product: np.ndarray
    lost_quantity: np.ndarray

    def per_order(self, values: np.ndarray) -> np.ndarray:
        """Sums over the lines of each order; int64, shape (orders,)."""
        running = np.concatenate(([0], np.cumsum(values)))
        return running[self.first_line[1:]] - running[self.first_line[:-1]]

    @property
    def discount_cents(self) -> np.ndarray:
        """What a line is reduced by in all."""
        return self.promotion_cents + self.coupon_cents


def make_baskets(
    day: np.ndarray, size: np.ndarray, demand: Demand, shelf: Shelf, behaviour: Behaviour, streams: Streams, month: int
) -> Baskets:
    """The lines of one month's orders, given the position of each order's day and its size beside the mean order.

    Who wants a product that is out of stock leaves it, or takes another one when nothing else is in the basket.
    """
    order_count = len(day)
    lines = 1 + streams.of("lines.count", month).poisson((behaviour.basket_lines - 1) * size)
    lines = lines.clip(max=MOST_LINES)
    order = np.repeat(np.arange(order_count), lines)
    product, is_lost, pct, replaced = _pick(day, order, lines, shelf, streams, month)
    quantity = choose(behaviour.quantity_weights, streams.of("lines.quantity", month).random(len(order)))
    quantity = np.asarray(behaviour.quantities)[quantity]
    lost = (
        np.concatenate([day[order[is_lost]], replaced[0]]),
        np.concatenate([product[is_lost], replaced[1]]),
        np.concatenate([quantity[is_lost], quantity[replaced[2]]]),
    )
    is_kept = ~is_lost
    order, product, quantity, pct = _merge(
        order[is_kept], product[is_kept], quantity[is_kept], pct[is_kept], len(shelf.assortment)
    )

    first_line = np.concatenate(([0], np.cumsum(np.bincount(order, minlength=order_count))))
    unit_price_cents = shelf.assortment.prices_on(day[order], product)
    total_price_cents = quantity * unit_price_cents
    promotion_cents = (total_price_cents * pct + 50) // 100

    rate = np.where(demand.is_sale[day], behaviour.sale_discount_rate, behaviour.discount_rate)
    has_coupon = streams.of("discounts.happens", month).random(order_count) < rate
    depth = choose(behaviour.discount_weights, streams.of("discounts.depth", month).random(order_count))
    coupon_pct = np.where(demand.sale_pct[day], demand.sale_pct[day], np.asarray(behaviour.discount_pcts)[depth])
    coupon_pct = np.where(has_coupon, coupon_pct, 0)
    coupon_cents = np.where(pct == 0, (total_price_cents * coupon_pct[order] + 50) // 100, 0)
    return Baskets(
        order,
        product,
        quantity,
        unit_price_cents,
        total_price_cents,
        promotion_cents,
        coupon_cents,
        first_line,
        coupon_pct,
        *lost,
    )


def _pick(
    day: np.ndarray, order: np.ndarray, lines: np.ndarray, shelf: Shelf, streams: Streams, month: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[np.ndarray, ...]]:
    """The product of each line, whether it was not there, and how many per cent cheaper it is. Days are ascending.

    The last result is day, product and line of what was not there and was replaced by a second choice.
    """
    uniforms = streams.of("lines.product", month).random(len(order))
    second_choice = streams.of("lines.second_choice", month).random(len(lines))
    product = np.empty(len(order), dtype=np.int64)
    is_lost = np.zeros(len(order), dtype=bool)
    pct = np.empty(len(order), dtype=np.int64)
    first_line = np.concatenate(([0], np.cumsum(lines)))
    first_order = np.flatnonzero(np.diff(day, prepend=-1))
    turned_away = [(np.empty(0, dtype=np.int64),) * 3]
    for begin, end in itertools.pairwise([*first_order, len(day)]):
        seen = shelf.on(day[begin])
        here = slice(first_line[begin], first_line[end])
        chosen = choose(seen.weight, uniforms[here])
        lost = seen.is_out[chosen]
        if lost.any():
            # the first line of an order of which nothing is left becomes what is there
            own = order[here] - begin
            is_empty = np.bincount(own, weights=~lost, minlength=end - begin) == 0
            replaced = first_line[begin:end][is_empty] - first_line[begin]
            turned_away.append((np.full(len(replaced), day[begin]), chosen[replaced], here.start + replaced))
            chosen[replaced] = choose(np.where(seen.is_out, 0.0, seen.weight), second_choice[begin:end][is_empty])
            lost[replaced] = False
        product[here], is_lost[here], pct[here] = chosen, lost, seen.promotion_pct[chosen]
    return product, is_lost, pct, tuple(np.concatenate(column) for column in zip(*turned_away, strict=True))


def _merge(
    order: np.ndarray, product: np.ndarray, quantity: np.ndarray, pct: np.ndarray, product_count: int
) -> tuple[np.ndarray, ...]:
    """A cart holds a product once: units of the same product become one line of an order, where the first stood."""
    key = order * product_count + product
    sequence = np.argsort(key, kind="stable")
    is_again = np.append(False, key[sequence][1:] == key[sequence][:-1])
    if is_again.any():
        first = np.maximum.accumulate(np.where(is_again, 0, np.arange(len(key))))
        quantity = quantity.copy()
        np.add.at(quantity, sequence[first[is_again]], quantity[sequence[is_again]])
        is_kept = np.ones(len(key), dtype=bool)
        is_kept[sequence[is_again]] = False
        return order[is_kept], product[is_kept], quantity[is_kept], pct[is_kept]
    return order, product, quantity, pct
