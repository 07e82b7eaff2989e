"""Who orders when: first and repeat purchases of the customers, and those of guests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seeds_generator.customers import Customers
from seeds_generator.demand import Demand
from seeds_generator.parameters import Parameters
from seeds_generator.streams import Streams

GUEST = -1
SMALLEST_RATE = 1e-9  # of the mean rate; keeps waiting times finite
LONGEST_LIFETIME_ORDERS = 2**40
DOUBLINGS = 40  # of the scale of rates, from far too small until the wanted orders come out
HALVINGS = 60  # of the interval in which the scale lies: to the last digit
LAST_ORDER_SHARE = 0.6  # of the last day's demand is over at its order, where none came by chance


@dataclass(frozen=True)
class Purchases:
    """The orders of a shop as bare events, in the order of time, and the customers' own parameters.

    Attributes
    ----------
    moment : float array, shape (n,)
        When, in demand time.
    customer : int array, shape (n,)
        Position of the customer, ``GUEST`` where there is none.
    is_first : bool array, shape (n,)
        Whether it is the customer's first order; False for guests.
    rate : float array, shape (customers,)
        Repeat orders per unit of demand time (a mean day of the history) while the customer stays; 0 for those who
        never buy.
    dropout_rate : float array, shape (customers,)
        Probability to leave for good after a repeat order.
    dropout_moment : float array, shape (customers,)
        When the customer left, in demand time; infinite beyond the days that are simulated.
    first_moment : float array, shape (customers,)
        When the customer bought first; infinite beyond the days that are simulated.
    guests_per_demand : float
        Orders of guests per unit of grown demand (``Demand.weights`` at ``arrival_growth_rate``).
    checkout_rate : float
        Share of the new customers who register while ordering.
    scale : float
        Mean of the rates; the rates are gamma-distributed with shape ``purchase_shape``.
    dropout_shapes : tuple of two floats
        a and b of the beta distribution of dropout rates.
    """

    moment: np.ndarray
    customer: np.ndarray
    is_first: np.ndarray
    rate: np.ndarray
    dropout_rate: np.ndarray
    dropout_moment: np.ndarray
    first_moment: np.ndarray
    guests_per_demand: float
    checkout_rate: float
    scale: float
    dropout_shapes: tuple[float, float]


def make_purchases(parameters: Parameters, demand: Demand, customers: Customers, streams: Streams) -> Purchases:
    """Exactly ``parameters.orders`` events in the history, the last of them on its last day, and those after it.

    Customers who are too few for the orders asked for leave the rest to guests.
    """
    behaviour = parameters.behaviour
    begin, end = 0.0, demand.edges[demand.history_end]
    guest_count = round(parameters.orders * behaviour.guest_rate) if parameters.customers else parameters.orders
    buyers = _make_buyers(customers, parameters.orders - guest_count, parameters, streams)

    scale = _scale(buyers, parameters.orders - guest_count, end)
    owner, place, moment = buyers.orders(scale, demand.edges[demand.end])
    if np.count_nonzero((moment >= begin) & (moment < end)) > parameters.orders:
        scale = _lower_scale(buyers, scale, parameters.orders, demand)
        owner, place, moment = buyers.orders(scale, demand.edges[demand.end])
    is_last = place == buyers.lifetime_orders[owner]
    dropout_moment, first_moment = np.full((2, len(customers)), np.inf)
    dropout_moment[buyers.customer[owner[is_last]]] = moment[is_last]
    first_moment[buyers.customer[owner[place == 0]]] = moment[place == 0]

    is_seen = moment >= begin
    customer, moment, is_first = buyers.customer[owner[is_seen]], moment[is_seen], place[is_seen] == 0
    guest_count = parameters.orders - np.count_nonzero(moment < end)
    growth_rate = behaviour.arrival_growth_rate
    guests = demand.draw(
        streams.of("purchases.guests").random(guest_count), growth_rate, demand.first, demand.history_end
    )
    _have_an_order_on_the_last_day(moment, guests, demand)
    usual_count = round(parameters.orders * behaviour.guest_rate) if parameters.customers else guest_count
    later = [moments for _, moments in demand.arrive(usual_count, growth_rate, "purchases.later_guests", streams)]
    guests = np.concatenate([guests, *later])

    rate, dropout_rate = np.zeros((2, len(customers)))
    rate[buyers.customer] = buyers.gain * scale
    dropout_rate[buyers.customer] = buyers.dropout_rate
    moment = np.concatenate([moment, guests])
    customer = np.concatenate([customer, np.full(len(guests), GUEST)])
    is_first = np.concatenate([is_first, np.zeros(len(guests), dtype=bool)])
    order = np.argsort(moment, kind="stable")
    order = order[: np.searchsorted(moment[order], demand.edges[demand.end])]
    history_weight = demand.weights(growth_rate)[demand.first : demand.history_end].sum()
    return Purchases(
        moment=moment[order],
        customer=customer[order],
        is_first=is_first[order],
        rate=rate,
        dropout_rate=dropout_rate,
        dropout_moment=dropout_moment,
        first_moment=first_moment,
        guests_per_demand=usual_count / history_weight,
        checkout_rate=buyers.checkout_rate,
        scale=scale,
        dropout_shapes=buyers.dropout_shapes,
    )


@dataclass(frozen=True)
class _Buyers:
    """The customers who buy. Arrays of shape (buyers,).

    ``customer`` is their position, ``gain`` their rate beside the mean one, ``lifetime_orders`` the number of repeat
    orders after which they leave; the ``is_checkout`` ones buy first when they arrive, the others a wait later.
    """

    customer: np.ndarray
    arrival: np.ndarray
    gain: np.ndarray
    dropout_rate: np.ndarray
    lifetime_orders: np.ndarray
    is_checkout: np.ndarray
    checkout_rate: float
    dropout_shapes: tuple[float, float]
    streams: Streams

    def orders(self, scale: float, end: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Position of the buyer, place in the buyer's life (0 is the first) and moment of all orders before ``end``."""
        owner, place, wait = self.waits(scale, end)
        return owner, place, self.arrival[owner] + wait / scale

    def waits(self, scale: float, end: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The same as waits since the arrival at a mean rate of 1. The waits of an order depend on no other buyer."""
        span = (end - self.arrival) * scale
        owner = np.flatnonzero(span > 0)
        wait = np.where(self.is_checkout[owner], 0.0, self._wait(owner, 0))
        place = 0
        found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        while True:
            is_in_time = wait < span[owner]
            owner, wait = owner[is_in_time], wait[is_in_time]
            if not len(owner):
                break
            found.append((owner.astype(np.int32), np.full(len(owner), place, dtype=np.int32), wait))
            place += 1
            stays = self.lifetime_orders[owner] >= place
            owner, wait = owner[stays], wait[stays]
            wait = wait + self._wait(owner, place)
        if not found:
            return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32), np.empty(0)
        return tuple(np.concatenate(column) for column in zip(*found, strict=True))

    def _wait(self, owner: np.ndarray, place: int) -> np.ndarray:
        uniforms = self.streams.at("purchases.waits", self.customer[owner], place)
        return -np.log1p(-uniforms) / self.gain[owner]


def _make_buyers(customers: Customers, wanted_count: int, parameters: Parameters, streams: Streams) -> _Buyers:
    """Traits of the buying customers. ``wanted_count`` orders of customers in the history decide how long they stay."""
    behaviour = parameters.behaviour
    count = len(customers)
    checkout_uniforms = streams.of("purchases.checkout").random(count)
    new_uniforms = checkout_uniforms[: customers.history_count][~customers.is_established[: customers.history_count]]
    # so few orders may be wanted that not all who arrive can order at once
    most = int(wanted_count * behaviour.checkout_order_rate)
    checkout_rate = min(behaviour.checkout_rate, most / max(len(new_uniforms), 1))
    if len(new_uniforms) > parameters.orders:  # and by chance still more would than there are orders
        checkout_rate = min(checkout_rate, np.partition(new_uniforms, parameters.orders)[parameters.orders])
    is_checkout = checkout_uniforms < checkout_rate
    is_silent = streams.of("purchases.silent").random(count) < behaviour.silent_rate
    is_buyer = is_checkout | ~is_silent
    buyer = np.flatnonzero(is_buyer)

    mean_orders = wanted_count / max(np.count_nonzero(is_buyer[: customers.history_count]), 1)
    dropout_mean = min(0.5, 1 / (behaviour.lifetime_orders_factor * max(mean_orders, 1.0)))
    shapes = behaviour.dropout_shape, behaviour.dropout_shape * (1 / dropout_mean - 1)
    dropout_rate = streams.of("purchases.dropout").beta(*shapes, count)[buyer].clip(min=1e-12, max=1 - 1e-12)
    uniforms = streams.at("purchases.lifetime", buyer)
    lifetime_orders = np.ceil(np.log1p(-uniforms) / np.log1p(-dropout_rate)).clip(1, LONGEST_LIFETIME_ORDERS)
    shape = behaviour.purchase_shape
    gain = (streams.of("purchases.rate").standard_gamma(shape, count)[buyer] / shape).clip(min=SMALLEST_RATE)
    return _Buyers(
        customer=buyer,
        arrival=customers.arrival[buyer],
        gain=gain,
        dropout_rate=dropout_rate,
        lifetime_orders=lifetime_orders.astype(np.int64),
        is_checkout=is_checkout[buyer],
        checkout_rate=float(checkout_rate),
        dropout_shapes=shapes,
        streams=streams,
    )


def _scale(buyers: _Buyers, wanted_count: int, end: float) -> float:
    """The mean rate that lets the wanted number of orders, or barely less, fall between moment 0 and ``end``.

    With a higher rate more orders come before the end, but those of older customers also slip before the beginning, and
    customers leave sooner: the smallest rate that does it is taken, or the one that comes nearest.
    """
    arrived = np.count_nonzero(buyers.arrival < end)
    if not arrived or not wanted_count:
        return 1e-9
    scale = wanted_count / arrived / end / 64
    best_scale, best_count = scale, 0
    for _ in range(DOUBLINGS):
        owner, _, wait = buyers.waits(scale, end)
        enters = wait / (end - buyers.arrival[owner])
        before = buyers.arrival[owner] < 0
        leaves = wait[before] / -buyers.arrival[owner[before]]

        def count_at(tried: float, enters: np.ndarray = enters, leaves: np.ndarray = leaves) -> int:
            return int(np.count_nonzero(enters < tried) - np.count_nonzero(leaves < tried))

        reached = count_at(scale)
        if reached > best_count and reached <= wanted_count:
            best_scale, best_count = scale, reached
        if reached > wanted_count:
            low, high = scale / 2, scale
            for _ in range(HALVINGS):
                middle = (low + high) / 2
                low, high = (middle, high) if count_at(middle) <= wanted_count else (low, middle)
            return low
        if reached < best_count // 2 or len(enters) > 50 * wanted_count + 10_000:
            break  # more lies before the history than in it
        scale *= 2
    return best_scale


def _lower_scale(buyers: _Buyers, scale: float, most_count: int, demand: Demand) -> float:
    """The mean rate below ``scale`` that lets ``most_count`` orders, and not one more, fall into the history.

    The first order that is too many lies exactly where the history ends, and rounding may put it before. Or so few
    orders are wanted that more come even at the lowest rate which ``_scale`` tries.
    """
    owner, _, wait = buyers.waits(scale, demand.edges[demand.end])
    arrival, end = buyers.arrival[owner], demand.edges[demand.history_end]
    low, high = 0.0, scale
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        moment = arrival + wait / middle  # as in the orders themselves, with the same rounding
        is_within = np.count_nonzero((moment >= 0) & (moment < end)) <= most_count
        low, high = (middle, high) if is_within else (low, middle)
    return low


def _have_an_order_on_the_last_day(customers: np.ndarray, guests: np.ndarray, demand: Demand) -> None:
    """Move the last guest, or else the last customer's order, to the last day of the history if it has none."""
    last_day, end = demand.history_end - 1, demand.edges[demand.history_end]
    in_history = customers[customers < end]
    if not len(in_history) + len(guests) or not demand.level[last_day]:
        return
    if max(in_history.max(initial=0.0), guests.max(initial=0.0)) >= demand.edges[last_day]:
        return
    moment = demand.edges[last_day] + LAST_ORDER_SHARE * demand.level[last_day]
    if len(guests):
        guests[guests.argmax()] = moment
    else:
        customers[np.flatnonzero(customers == in_history.max())[0]] = moment
