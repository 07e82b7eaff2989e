"""One month of a shop: orders, their lines and adjustments, as tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from seeds_generator.assortment import Assortment
from seeds_generator.baskets import Baskets, make_baskets
from seeds_generator.clock import DAY_SECONDS, HOUR_SECONDS, to_utc
from seeds_generator.columns import id_width, ids, money, picks, times
from seeds_generator.customers import Customers
from seeds_generator.demand import Demand
from seeds_generator.parameters import Parameters
from seeds_generator.purchases import GUEST, Purchases
from seeds_generator.refunds import Refunds, make_refunds
from seeds_generator.streams import Streams, choose

STATUSES = ("completed", "cancelled", "returned")
COMPLETED, CANCELLED, RETURNED = range(len(STATUSES))
KINDS = ("discount", "shipping", "refund")
DISCOUNT, SHIPPING, REFUND = range(len(KINDS))


@dataclass(frozen=True)
class Counts:
    """How many orders, lines and adjustments were numbered so far."""

    orders: int = 0
    order_items: int = 0
    order_adjustments: int = 0


@dataclass(frozen=True)
class OrderBook:
    """All that the orders of a shop are made from."""

    parameters: Parameters
    streams: Streams
    demand: Demand
    customers: Customers
    assortment: Assortment
    purchases: Purchases

    def month(self, first_day: int, end_day: int, numbered: Counts) -> tuple[dict[str, pa.Table], Counts]:
        """The orders of the days from ``first_day`` to before ``end_day``, which are one calendar month.

        Returns the tables orders, order_items and order_adjustments, and what is numbered after them.
        """
        parameters, behaviour, demand = self.parameters, self.parameters.behaviour, self.demand
        month = int(demand.days[first_day].astype("datetime64[M]").astype(int)) + 1970 * 12
        begin, end = np.searchsorted(self.purchases.moment, demand.edges[[first_day, end_day]])
        if end_day == len(demand.days):
            end = len(self.purchases.moment)
        day, ordered_at, customer = self._placed(slice(begin, end))
        baskets = make_baskets(demand.is_sale[day], self.assortment, behaviour, self.streams, month)

        goods_cents = baskets.per_order(baskets.total_price_cents) - baskets.per_order(baskets.discount_cents)
        shipping_cents = self._shipping(goods_cents, month)
        is_cancelled = self._uniforms("orders.cancelled", month, len(day)) < behaviour.cancellation_rate
        refunds = make_refunds(day, is_cancelled, baskets, goods_cents, demand, behaviour, self.streams, month)
        status = np.where(is_cancelled, CANCELLED, COMPLETED)
        status[refunds.order[refunds.is_whole & refunds.has_happened]] = RETURNED

        order_ids = ids("O", numbered.orders + 1 + np.arange(len(day)), id_width(parameters.orders, 7))
        most_lines = parameters.orders * len(behaviour.basket_weights)
        item_ids = ids("I", numbered.order_items + 1 + np.arange(len(baskets.order)), id_width(most_lines, 7))
        adjustments, adjustment_count = self._adjustments(
            ordered_at, baskets, shipping_cents, refunds, order_ids, item_ids, numbered.order_adjustments
        )
        tables = {
            "orders": pa.table(
                {
                    "store_id": self._store_id(len(day)),
                    "order_id": order_ids,
                    "customer_id": picks(self.customers.ids, customer, customer == GUEST),
                    "ordered_at": times(ordered_at, parameters.store.time_zone),
                    "status": picks(pa.array(STATUSES), status),
                    "payment_method": self._payment_method(customer, month),
                    "total_amount": money(goods_cents + shipping_cents),
                    "currency": pa.repeat(parameters.store.currency, len(day)),
                }
            ),
            "order_items": pa.table(
                {
                    "store_id": self._store_id(len(baskets.order)),
                    "item_id": item_ids,
                    "order_id": picks(order_ids, baskets.order),
                    "product_id": picks(self.assortment.ids, baskets.product),
                    "quantity": pa.array(baskets.quantity, pa.int32()),
                    "unit_price": money(baskets.unit_price_cents),
                    "total_price": money(baskets.total_price_cents),
                }
            ),
            "order_adjustments": adjustments,
        }
        return tables, Counts(
            numbered.orders + len(day),
            numbered.order_items + len(baskets.order),
            numbered.order_adjustments + adjustment_count,
        )

    def _placed(self, orders: slice) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Day, UTC second and customer of some purchases, in the order of time."""
        day, share = self.demand.day_of(self.purchases.moment[orders])
        weights = np.asarray(self.parameters.behaviour.hour_weights)
        edges = np.concatenate(([0.0], np.cumsum(weights) / weights.sum()))
        second = np.interp(share, edges, np.arange(len(edges)) * HOUR_SECONDS).astype(np.int64)
        midnight = self.demand.days[day].astype(np.int64) * DAY_SECONDS
        ordered_at = to_utc(midnight + second.clip(max=DAY_SECONDS - 1), self.parameters.store.time_zone)
        order = np.argsort(ordered_at, kind="stable")  # the night of the spring change is out of order
        return day[order], ordered_at[order], self.purchases.customer[orders][order]

    def _shipping(self, goods_cents: np.ndarray, month: int) -> np.ndarray:
        """What sending an order costs its buyer, in cents; express always costs."""
        behaviour = self.parameters.behaviour
        is_express = self._uniforms("orders.express", month, len(goods_cents)) < behaviour.express_rate
        is_free = goods_cents >= behaviour.free_shipping_from_cents
        fee_cents = np.where(is_free, 0, behaviour.shipping_fee_cents)
        return np.where(is_express, behaviour.express_fee_cents, fee_cents)

    def _payment_method(self, customer: np.ndarray, month: int) -> pa.Array:
        behaviour = self.parameters.behaviour
        method = choose(behaviour.payment_weights, self._uniforms("orders.payment", month, len(customer)))
        keeps_habit = self._uniforms("orders.habit", month, len(customer)) < behaviour.payment_habit_rate
        known = keeps_habit & (customer != GUEST)
        method[known] = self.customers.payment_habit[customer[known]]
        return picks(pa.array(behaviour.payment_methods), method)

    def _adjustments(
        self,
        ordered_at: np.ndarray,
        baskets: Baskets,
        shipping_cents: np.ndarray,
        refunds: Refunds,
        order_ids: pa.Array,
        item_ids: pa.Array,
        numbered: int,
    ) -> tuple[pa.Table, int]:
        """Discounts, shipping and refunds, order after order, and how many numbers they took.

        A refund after the last day is not written yet but has its number, so that a longer history of the
        same shop gives every adjustment the number it has here.
        """
        discount_cents = baskets.per_order(baskets.discount_cents)
        discounted, shipped = np.flatnonzero(discount_cents), np.flatnonzero(shipping_cents)
        order = np.concatenate([discounted, shipped, refunds.order])
        kind = np.repeat([DISCOUNT, SHIPPING, REFUND], [len(discounted), len(shipped), len(refunds.order)])
        amount = np.concatenate([-discount_cents[discounted], shipping_cents[shipped], -refunds.cents])
        line = np.concatenate([baskets.discounted_line[discounted], np.full(len(shipped), -1), refunds.line])
        refunded_at = to_utc(refunds.wall_second, self.parameters.store.time_zone)
        adjusted_at = np.concatenate([ordered_at[discounted], ordered_at[shipped], refunded_at])
        has_happened = np.concatenate([np.ones(len(discounted) + len(shipped), dtype=bool), refunds.has_happened])

        sequence = np.lexsort((kind, order))
        number = numbered + 1 + np.flatnonzero(has_happened[sequence])
        written = sequence[has_happened[sequence]]
        # an order has at most one discount, one shipping and one refund
        width = id_width(self.parameters.orders * len(KINDS), 7)
        table = pa.table(
            {
                "store_id": self._store_id(len(written)),
                "adjustment_id": ids("A", number, width),
                "order_id": picks(order_ids, order[written]),
                "item_id": picks(item_ids, line[written], line[written] == -1),
                "kind": picks(pa.array(KINDS), kind[written]),
                "amount": money(amount[written]),
                "adjusted_at": times(adjusted_at[written], self.parameters.store.time_zone),
                "is_date_inferred": pa.repeat(False, len(written)),
            }
        )
        return table, len(sequence)

    def _store_id(self, count: int) -> pa.Array:
        return pa.repeat(self.parameters.store.store_id, count)

    def _uniforms(self, subject: str, month: int, count: int) -> np.ndarray:
        return self.streams.of(subject, month).random(count)
