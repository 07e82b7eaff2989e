"""Who orders when: first and repeat purchases of the customers, and those of guests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seeds_generator.behaviour import Behaviour
from seeds_generator.customers import Customers
from seeds_generator.demand import Demand
from seeds_generator.parameters import Parameters
from seeds_generator.streams import Streams

GUEST = -1
SMALLEST_RATE = 1e-9  # of the mean rate; keeps waiting times finite
LONGEST_HISTORY_FACTOR = 20  # nobody's history holds more than so many times the mean number of orders
REACHABLE_SHARE = 0.8  # of all orders before dropout can be had: the slowest customers' last ones cannot
LAST_ORDER_SHARE = 0.6  # of the last day's demand is over at its order, where none came by chance


@dataclass(frozen=True)
class Purchases:
    """The orders of a history as bare events, in the order of time.

    Attributes
    ----------
    moment : float array, shape (n,)
        When, in demand time.
    customer : int array, shape (n,)
        Position of the customer, ``GUEST`` where there is none.
    """

    moment: np.ndarray
    customer: np.ndarray


def make_purchases(parameters: Parameters, demand: Demand, customers: Customers, streams: Streams) -> Purchases:
    """Exactly ``parameters.orders`` events, the last of them on the last day.

    Customers who are too few for the orders asked for leave the rest to guests.
    """
    behaviour = parameters.behaviour
    guest_count = round(parameters.orders * behaviour.guest_rate) if len(customers) else parameters.orders
    wanted_count = parameters.orders - guest_count

    first = _first_at_checkout(customers, wanted_count, behaviour, streams)
    is_silent = streams.of("purchases.silent").random(len(customers)) < behaviour.silent_rate
    is_silent[first] = False
    buyers = np.flatnonzero(~is_silent)
    repeat_moment, repeat_customer = _repeats(
        buyers, customers.arrival[buyers], wanted_count - len(first), demand.edges[-1], behaviour, streams
    )
    guest_count = parameters.orders - len(first) - len(repeat_moment)
    guest_moment = demand.draw(streams.of("purchases.guests").random(guest_count), behaviour.arrival_growth_rate)

    moment = np.concatenate([customers.arrival[first], repeat_moment, guest_moment])
    customer = np.concatenate([first, repeat_customer, np.full(guest_count, GUEST)])
    order = np.argsort(moment, kind="stable")
    moment, customer = moment[order], customer[order]
    if len(moment):
        moment[-1] = max(moment[-1], demand.edges[-2] + LAST_ORDER_SHARE * demand.level[-1])
    return Purchases(moment, customer)


def _first_at_checkout(customers: Customers, wanted_count: int, behaviour: Behaviour, streams: Streams) -> np.ndarray:
    """Positions of the new customers who register while ordering for the first time."""
    new = np.flatnonzero(customers.is_new)
    most = int(wanted_count * behaviour.checkout_order_rate)
    count = min(round(len(new) * behaviour.checkout_rate), most)
    priority = streams.of("purchases.checkout").random(len(new))
    return np.sort(new[np.argsort(priority, kind="stable")[:count]])


def _repeats(
    buyers: np.ndarray,
    arrival: np.ndarray,
    wanted_count: int,
    end: float,
    behaviour: Behaviour,
    streams: Streams,
) -> tuple[np.ndarray, np.ndarray]:
    """Moments and customers of at most ``wanted_count`` orders that follow an arrival.

    Every buyer has a rate of their own and a number of orders after which they leave. A factor on all rates
    decides how many of these orders fall before ``end``: each order has the smallest factor that lets it, so
    the factor of the last wanted order, taken for all, lets exactly the wanted number happen.
    """
    if not len(buyers) or not wanted_count:
        return np.empty(0), np.empty(0, dtype=np.int64)
    mean_orders = wanted_count / len(buyers)
    dropout_mean = min(0.5, 1 / (behaviour.lifetime_orders_factor * max(mean_orders, 1.0)))
    dropout = streams.of("purchases.dropout").beta(
        behaviour.dropout_shape, behaviour.dropout_shape * (1 / dropout_mean - 1), len(buyers)
    )
    most = int(LONGEST_HISTORY_FACTOR * (mean_orders + 1))
    until_dropout = streams.of("purchases.lifetime").geometric(dropout.clip(min=1 / most)).clip(max=most)
    rate = streams.of("purchases.rate").gamma(behaviour.purchase_shape, 1 / behaviour.purchase_shape, len(buyers))
    rate = rate.clip(min=SMALLEST_RATE)

    owner = np.repeat(np.arange(len(buyers)), until_dropout)
    waits = np.cumsum(streams.of("purchases.waits").standard_exponential(len(owner)))
    begins = np.concatenate(([0.0], waits[np.cumsum(until_dropout)[:-1] - 1]))
    waits = (waits - begins[owner]) / rate[owner]
    factor = waits / (end - arrival)[owner]
    wanted_count = min(wanted_count, int(REACHABLE_SHARE * len(factor)))
    if not wanted_count:
        return np.empty(0), np.empty(0, dtype=np.int64)
    edge = np.partition(factor, [wanted_count - 1, wanted_count])[wanted_count - 1 : wanted_count + 1].mean()
    happens = factor < edge
    moments = (arrival[owner] + waits / edge)[happens]
    return moments.clip(max=np.nextafter(end, 0)), buyers[owner[happens]]
