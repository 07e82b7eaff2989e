"""One month of a shop: orders, their lines and adjustments, and what of it is known between two moments."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from seeds_generator.baskets import Baskets, make_baskets
from seeds_generator.channels import CHANNELS, draw_channels
from seeds_generator.clock import DAY_SECONDS, HOUR_SECONDS, local_seconds, to_utc
from seeds_generator.columns import id_width, ids, money, picks, times
from seeds_generator.customers import Customers
from seeds_generator.demand import Demand
from seeds_generator.discount_codes import make_discount_codes
from seeds_generator.parameters import Parameters
from seeds_generator.promotions import Shelf
from seeds_generator.purchases import GUEST, Purchases
from seeds_generator.refunds import Refunds, make_refunds
from seeds_generator.streams import Streams, choose

STATUSES = ("completed", "cancelled", "returned")
COMPLETED, CANCELLED, RETURNED = range(len(STATUSES))
KINDS = ("discount", "shipping", "refund")
DISCOUNT, SHIPPING, REFUND = range(len(KINDS))
# the last two digits of an adjustment's id; below these the number of the line that is on promotion
COUPON_DIGITS, SHIPPING_DIGITS, REFUND_DIGITS = 90, 91, 92
LONGEST_WAIT_DAYS = 20  # beyond the longest wait for a refund: holidays, and cancellations
LATE_HOURS = 12  # mean, exponential
NEVER = np.int64(2**62)
BEGINNING = np.int64(-(2**62))


@dataclass(frozen=True)
class Month:
    """The orders of one calendar month with all that ever becomes of them. Arrays of shape (orders,).

    ``number`` is the number in an order's id. ``ordered_at`` and ``cancelled_at`` are seconds since 1970 in UTC
    (``NEVER`` where it is not), ``sent_at`` is when the shop first tells of an order: late for some, where asked for.
    ``net_cents`` is what the goods cost after discounts. ``sales_channel`` is a position in ``CHANNELS``;
    ``discount_code`` holds strings, null without one.
    """

    number: np.ndarray
    day: np.ndarray
    customer: np.ndarray
    ordered_at: np.ndarray
    cancelled_at: np.ndarray
    sent_at: np.ndarray
    net_cents: np.ndarray
    shipping_cents: np.ndarray
    payment_method: np.ndarray
    sales_channel: np.ndarray
    discount_code: pa.Array
    baskets: Baskets
    refunds: Refunds
    refunded_at: np.ndarray


@dataclass(frozen=True)
class OrderBook:
    """All that the orders of a shop are made from. ``late_rate`` of those after ``late_from`` are told of days late."""

    parameters: Parameters
    streams: Streams
    demand: Demand
    customers: Customers
    shelf: Shelf
    purchases: Purchases
    late_rate: float = 0.0
    late_from: int = NEVER

    def months(self, begin: int, end: int) -> list[tuple[int, int]]:
        """First day and day after the last of the months from day ``begin`` to before day ``end``.

        Months begin where the calendar's do or the history does: draws start with a month, so it is never cut before.
        """
        starts = self.demand.month_starts(self.demand.first, self.demand.end)
        pairs = itertools.pairwise(starts)
        return [(first, after) for first, after in pairs if after > begin and first < end]

    def months_told(self, since: int, now: int) -> list[tuple[int, int]]:
        """The months of which something may be told after the second ``since`` and up to ``now``."""
        longest_days = self.parameters.behaviour.refund_longest_days + LONGEST_WAIT_DAYS
        begin = self.demand.first if since == BEGINNING else self.last_whole_day(since) - longest_days
        return self.months(begin, self.last_whole_day(now) + 2)

    def last_whole_day(self, second: int) -> int:
        """Position of the last day that is over at the end of a second in UTC."""
        offset = local_seconds(np.array([second + 1]), self.parameters.store.time_zone)[0] // DAY_SECONDS
        return int(offset) - 1 - int(self.demand.days[0].astype(np.int64))

    def make(self, first_day: int, end_day: int) -> Month:
        """The orders of one month, from ``months``."""
        behaviour, demand = self.parameters.behaviour, self.demand
        month = demand.month_of(first_day)
        begin, end = np.searchsorted(self.purchases.moment, demand.edges[[first_day, end_day]])
        zone = self.parameters.store.time_zone
        day, wall_second = demand.wall_seconds(self.purchases.moment[begin:end], behaviour)
        ordered_at = to_utc(wall_second, zone)
        sequence = np.argsort(ordered_at, kind="stable")  # the night of the spring change is out of order
        day, ordered_at = day[sequence], ordered_at[sequence]
        customer = self.purchases.customer[begin:end][sequence]
        is_first = self.purchases.is_first[begin:end][sequence]
        count = len(day)

        shape = behaviour.spend_shape
        size = self.streams.of("orders.size", month).standard_gamma(shape, count) / shape
        # a guest is a customer who is not known
        other = behaviour.spend_customer_shape
        guest_size = (other - 1) / self.streams.of("orders.guest_size", month).standard_gamma(other, count).clip(0.05)
        size *= np.where(customer == GUEST, guest_size, self.customers.size[customer] if len(self.customers) else 1.0)
        baskets = make_baskets(day, size, demand, self.shelf, behaviour, self.streams, month)
        net_cents = baskets.per_order(baskets.total_price_cents - baskets.discount_cents)
        is_cancelled = self._uniforms("orders.cancelled", month, count) < behaviour.cancellation_rate
        hours = self.streams.of("orders.cancelled_after", month).standard_exponential(count)
        hours = 0.2 + behaviour.cancellation_hours * hours
        refunds = make_refunds(day, is_cancelled, baskets, net_cents, demand, behaviour, self.streams, month)
        number = begin + 1 + np.arange(count)
        is_late = (self.streams.at("orders.late", number) < self.late_rate) & (ordered_at > self.late_from)
        late_seconds = -np.log1p(-self.streams.at("orders.late_by", number)) * LATE_HOURS * HOUR_SECONDS
        return Month(
            number=number,
            day=day,
            customer=customer,
            ordered_at=ordered_at,
            cancelled_at=np.where(is_cancelled, ordered_at + (hours * HOUR_SECONDS).astype(np.int64), NEVER),
            sent_at=ordered_at + np.where(is_late, late_seconds, 0).astype(np.int64),
            net_cents=net_cents,
            shipping_cents=self._shipping(net_cents, month),
            payment_method=self._payment_method(customer, month),
            sales_channel=draw_channels(number, customer, demand.days[day], self.streams),
            discount_code=make_discount_codes(day, is_first, baskets, demand),
            baskets=baskets,
            refunds=refunds,
            refunded_at=to_utc(refunds.wall_second, zone),
        )

    def tables(self, month: Month, since: int, now: int) -> dict[str, pa.Table]:
        """The rows that the shop first tells, or tells anew, after the second ``since`` and up to ``now``.

        They say what was known at ``now``; ``BEGINNING`` as ``since`` gives all.
        """
        parameters, zone = self.parameters, self.parameters.store.time_zone
        returned_at = np.full(len(month.day), NEVER)
        returned_at[month.refunds.order[month.refunds.is_whole]] = month.refunded_at[month.refunds.is_whole]
        changed_at = np.maximum(np.minimum(month.cancelled_at, returned_at), month.sent_at)
        is_changed = (since < changed_at) & (changed_at <= now)
        is_new = (since < month.sent_at) & (month.sent_at <= now)
        told = np.flatnonzero(is_new | is_changed)
        status = np.select([month.cancelled_at <= now, returned_at <= now], [CANCELLED, RETURNED], COMPLETED)

        baskets = month.baskets
        line = np.flatnonzero(is_new[baskets.order])
        order_width = id_width(parameters.orders, 7)
        order_ids = ids("O", month.number, order_width)
        place = np.arange(len(baskets.order)) - baskets.first_line[baskets.order] + 1
        item_number = month.number[baskets.order] * 100 + place
        return {
            "orders": pa.table(
                {
                    "store_id": self._store_id(len(told)),
                    "order_id": ids("O", month.number[told], order_width),
                    "customer_id": picks(self.customers.ids, month.customer[told], month.customer[told] == GUEST),
                    "ordered_at": times(month.ordered_at[told], zone),
                    "status": picks(pa.array(STATUSES), status[told]),
                    "payment_method": picks(pa.array(parameters.behaviour.payment_methods), month.payment_method[told]),
                    "total_amount": money((month.net_cents + month.shipping_cents)[told]),
                    "currency": pa.repeat(parameters.store.currency, len(told)),
                    "sales_channel": picks(pa.array(CHANNELS), month.sales_channel[told]),
                    "discount_code": picks(month.discount_code, told),
                }
            ),
            "order_items": pa.table(
                {
                    "store_id": self._store_id(len(line)),
                    "item_id": ids("I", item_number[line], order_width + 2),
                    "order_id": picks(order_ids, baskets.order[line]),
                    "product_id": picks(self.shelf.assortment.ids, baskets.product[line]),
                    "quantity": pa.array(baskets.quantity[line], pa.int32()),
                    "unit_price": money(baskets.unit_price_cents[line]),
                    "total_price": money(baskets.total_price_cents[line]),
                }
            ),
            "order_adjustments": self._adjustments(month, item_number, since, now),
        }

    def _adjustments(self, month: Month, item_number: np.ndarray, since: int, now: int) -> pa.Table:
        """Promotions, coupons, shipping and refunds, order after order."""
        baskets, refunds = month.baskets, month.refunds
        promoted = np.flatnonzero(baskets.promotion_cents)
        coupon_cents = baskets.per_order(baskets.coupon_cents)
        with_coupon, shipped = np.flatnonzero(coupon_cents), np.flatnonzero(month.shipping_cents)
        order = np.concatenate([baskets.order[promoted], with_coupon, shipped, refunds.order])
        digits = np.concatenate(
            [
                item_number[promoted] % 100,
                np.repeat(
                    [COUPON_DIGITS, SHIPPING_DIGITS, REFUND_DIGITS],
                    [len(with_coupon), len(shipped), len(refunds.order)],
                ),
            ]
        )
        kind = np.repeat(
            [DISCOUNT, SHIPPING, REFUND], [len(promoted) + len(with_coupon), len(shipped), len(refunds.order)]
        )
        amount = np.concatenate(
            [
                -baskets.promotion_cents[promoted],
                -coupon_cents[with_coupon],
                month.shipping_cents[shipped],
                -refunds.cents,
            ]
        )
        line = np.concatenate([promoted, np.full(len(with_coupon) + len(shipped), -1), refunds.line])
        made_at = month.ordered_at[order]
        made_at[len(made_at) - len(refunds.order) :] = month.refunded_at
        told_at = np.maximum(made_at, month.sent_at[order])
        # nothing is booked that is worth nothing
        told = np.flatnonzero((since < told_at) & (told_at <= now) & (amount != 0))
        number = month.number[order[told]] * 100 + digits[told]
        sequence = np.argsort(number)
        number, told = number[sequence], told[sequence]
        width = id_width(self.parameters.orders, 7) + 2
        item_ids = ids("I", np.where(line[told] < 0, 0, item_number[line[told]] if len(item_number) else 0), width)
        return pa.table(
            {
                "store_id": self._store_id(len(told)),
                "adjustment_id": ids("A", number, width),
                "order_id": ids("O", month.number[order[told]], width - 2),
                "item_id": picks(item_ids, np.arange(len(told)), line[told] < 0),
                "kind": picks(pa.array(KINDS), kind[told]),
                "amount": money(amount[told]),
                "adjusted_at": times(made_at[told], self.parameters.store.time_zone),
                "is_date_inferred": pa.repeat(False, len(told)),
            }
        )

    def _shipping(self, net_cents: np.ndarray, month: int) -> np.ndarray:
        """What sending an order costs its buyer, in cents; express always costs."""
        behaviour = self.parameters.behaviour
        is_express = self._uniforms("orders.express", month, len(net_cents)) < behaviour.express_rate
        is_free = net_cents >= behaviour.free_shipping_from_cents
        fee_cents = np.where(is_free, 0, behaviour.shipping_fee_cents)
        return np.where(is_express, behaviour.express_fee_cents, fee_cents)

    def _payment_method(self, customer: np.ndarray, month: int) -> np.ndarray:
        """Position in ``behaviour.payment_methods``."""
        behaviour = self.parameters.behaviour
        method = choose(behaviour.payment_weights, self._uniforms("orders.payment", month, len(customer)))
        keeps_habit = self._uniforms("orders.habit", month, len(customer)) < behaviour.payment_habit_rate
        known = keeps_habit & (customer != GUEST)
        method[known] = self.customers.payment_habit[customer[known]]
        return method

    def _store_id(self, count: int) -> pa.Array:
        return pa.repeat(self.parameters.store.store_id, count)

    def _uniforms(self, subject: str, month: int, count: int) -> np.ndarray:
        return self.streams.of(subject, month).random(count)
