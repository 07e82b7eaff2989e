"""When the whole shop is cheaper: sales at times of their own, and those around Black Friday."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seeds_generator.behaviour import Behaviour
from seeds_generator.streams import Streams

MOST_PER_YEAR = 100  # so that a year and a place in it make a number of their own


@dataclass(frozen=True)
class Sale:
    """A sale of the whole shop, first and last day included.

    ``pct`` is how much cheaper an order is, for those that have the discount (``Behaviour.sale_discount_rate``).
    """

    name: str
    first_date: np.datetime64
    last_date: np.datetime64
    pct: int

    def is_on(self, days: np.ndarray) -> np.ndarray:
        """Whether the sale is on, for each of these days."""
        return (self.first_date <= days) & (days <= self.last_date)


def make_sales(years: range, taken: np.ndarray, behaviour: Behaviour, streams: Streams) -> list[Sale]:
    """The sales of these years in the order of time, no two of them on days that touch.

    A year is cut into as many parts as it has sales, and each is held somewhere in its part, but not on a day that is
    ``taken`` (datetime64[D] array). What is drawn for a sale depends on its year and its place in it, and on no other.
    """
    fewest, most = behaviour.sales_per_year
    shortest, longest = behaviour.sale_length_days
    made = []
    for year in years:
        first, after = (np.datetime64(f"{begin}-01-01", "D") for begin in (year, year + 1))
        year_days = int((after - first).astype(int))
        count = fewest + int(streams.at("sales.count", year)[0] * (most - fewest + 1))
        for place in range(count):
            draws = [
                streams.at(f"sales.{what}", year * MOST_PER_YEAR + place)[0] for what in ("length", "start", "pct")
            ]
            begin, end = (year_days * edge // count for edge in (place, place + 1))
            length_days = min(shortest + int(draws[0] * (longest - shortest + 1)), end - begin - 1)
            first_date = first + begin + int(draws[1] * (end - begin - length_days))
            sale = Sale("Sale", first_date, first_date + length_days - 1, _drawn(behaviour.sale_pcts, draws[2]))
            if not sale.is_on(taken).any():
                made.append(sale)
    return made


def make_black_fridays(fridays: np.ndarray, behaviour: Behaviour) -> list[Sale]:
    """The sales around these Black Fridays; ``pct`` is that of a usual coupon, for such are given on those days."""
    if not behaviour.black_friday_days:
        return []
    first_days, last_days = min(behaviour.black_friday_days), max(behaviour.black_friday_days)
    pct = round(float(np.average(behaviour.discount_pcts, weights=behaviour.discount_weights)))
    return [Sale("Black Friday", friday + first_days, friday + last_days, pct) for friday in fridays]


def _drawn(values: tuple[int, ...], uniform: float) -> int:
    return values[int(uniform * len(values))]
