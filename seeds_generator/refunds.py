"""What comes back: refunds some days after the order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seeds_generator.baskets import Baskets
from seeds_generator.behaviour import Behaviour
from seeds_generator.clock import DAY_SECONDS, HOUR_SECONDS
from seeds_generator.demand import Demand
from seeds_generator.streams import Streams


@dataclass(frozen=True)
class Refunds:
    """The refunds of some orders, at most one each. Arrays of shape (refunds,).

    ``order`` is the position of the order, ``line`` that of the refunded line or -1 where the whole order is
    refunded (``is_whole``), ``cents`` the positive amount, ``day`` the position of the day on which it is booked and
    ``wall_second`` when on the store's clock (seconds since 1970 as if it were UTC).
    """

    order: np.ndarray
    line: np.ndarray
    is_whole: np.ndarray
    cents: np.ndarray
    day: np.ndarray
    wall_second: np.ndarray


def make_refunds(
    day: np.ndarray,
    is_cancelled: np.ndarray,
    baskets: Baskets,
    goods_cents: np.ndarray,
    demand: Demand,
    behaviour: Behaviour,
    streams: Streams,
    month: int,
) -> Refunds:
    """The refunds of one month's orders, given the position of each order's day.

    A refund gives back what was paid for the goods, after discount; shipping is kept, so it never reduces
    product revenue. Nothing was paid for a cancelled order, so nothing is refunded.
    """
    draw = {
        subject: streams.of(f"refunds.{subject}", month).random(len(day))
        for subject in ("happens", "whole", "line", "hour")
    }
    wait_days = streams.of("refunds.days", month).gamma(behaviour.refund_shape, behaviour.refund_scale_days, len(day))
    order = np.flatnonzero((draw["happens"] < behaviour.refund_rate) & ~is_cancelled)
    first_line = baskets.first_line[order]
    size = baskets.first_line[order + 1] - first_line
    is_whole = (draw["whole"][order] < behaviour.whole_refund_rate) | (size == 1)
    line = first_line + (draw["line"][order] * size).astype(np.int64)
    line_cents = baskets.total_price_cents[line] - baskets.discount_cents[line]

    waited = (behaviour.refund_minimum_days + wait_days[order].astype(np.int64)).clip(max=behaviour.refund_longest_days)
    booked = demand.next_working_day[day[order] + waited]
    opens, closes = behaviour.refund_hours
    hour = opens + draw["hour"][order] * (closes - opens)
    midnight = (demand.days[0].astype(np.int64) + booked) * DAY_SECONDS
    return Refunds(
        order=order,
        line=np.where(is_whole, -1, line),
        is_whole=is_whole,
        cents=np.where(is_whole, goods_cents[order], line_cents),
        day=booked,
        wall_second=midnight + (hour * HOUR_SECONDS).astype(np.int64),
    )
