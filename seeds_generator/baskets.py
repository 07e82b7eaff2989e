"""What is in an order: products, units, prices and discounts of its lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seeds_generator.assortment import Assortment
from seeds_generator.behaviour import Behaviour
from seeds_generator.streams import Streams, choose


@dataclass(frozen=True)
class Baskets:
    """The lines of some orders, order after order. Arrays of shape (lines,) unless said otherwise.

    ``order`` is the position of the line's order; ``first_line`` (orders + 1,) are the positions at which the
    orders begin, and the end; ``discounted_line`` (orders,) is the line that is marked down, -1 where none or
    all are. Money is in integer cents; ``discount_cents`` is what the line is reduced by.
    """

    order: np.ndarray
    product: np.ndarray
    quantity: np.ndarray
    unit_price_cents: np.ndarray
    total_price_cents: np.ndarray
    discount_cents: np.ndarray
    first_line: np.ndarray
    discounted_line: np.ndarray

    def per_order(self, values: np.ndarray) -> np.ndarray:
        """Sums over the lines of each order; int64, shape (orders,)."""
        running = np.concatenate(([0], np.cumsum(values)))
        return running[self.first_line[1:]] - running[self.first_line[:-1]]


def make_baskets(
    is_sale: np.ndarray, assortment: Assortment, behaviour: Behaviour, streams: Streams, month: int
) -> Baskets:
    """The lines of one month's orders; ``is_sale`` tells per order whether it falls into a sale."""
    order_count = len(is_sale)
    size = 1 + choose(behaviour.basket_weights, streams.of("lines.size", month).random(order_count))
    order = np.repeat(np.arange(order_count), size)
    product = choose(assortment.popularity, streams.of("lines.product", month).random(len(order)))
    quantity = 1 + choose(behaviour.quantity_weights, streams.of("lines.quantity", month).random(len(order)))
    order, product, quantity = _merge(order, product, quantity, len(assortment))

    size = np.bincount(order, minlength=order_count)
    first_line = np.concatenate(([0], np.cumsum(size)))
    unit_price_cents = assortment.price_cents[product]
    total_price_cents = quantity * unit_price_cents

    rate = np.where(is_sale, behaviour.sale_discount_rate, behaviour.discount_rate)
    is_discounted = streams.of("discounts.happens", month).random(order_count) < rate
    is_markdown = streams.of("discounts.kind", month).random(order_count) < behaviour.line_discount_rate
    depth = choose(behaviour.discount_weights, streams.of("discounts.depth", month).random(order_count))
    pct = np.where(is_discounted, np.asarray(behaviour.discount_pcts)[depth], 0)
    picked = (streams.of("discounts.line", month).random(order_count) * size).astype(np.int64)
    discounted_line = np.where(is_discounted & is_markdown, first_line[:-1] + picked, -1)
    marked_down = discounted_line[order]
    applies = (marked_down == -1) | (marked_down == np.arange(len(order)))
    discount_cents = np.where(applies, (total_price_cents * pct[order] + 50) // 100, 0)
    return Baskets(
        order,
        product,
        quantity,
        unit_price_cents,
        total_price_cents,
        discount_cents,
        first_line,
        discounted_line,
    )


def _merge(
    order: np.ndarray, product: np.ndarray, quantity: np.ndarray, product_count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A cart holds a product once: units of the same product become one line of an order."""
    _, first, line = np.unique(order * product_count + product, return_index=True, return_inverse=True)
    units = np.bincount(line, weights=quantity, minlength=len(first)).astype(np.int64)
    place = np.argsort(first)
    return order[first][place], product[first][place], units[place]
