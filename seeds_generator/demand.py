"""How much is bought on each day: the shop's calendar, and the clock of demand that customers live by."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from seeds_generator.behaviour import Behaviour
from seeds_generator.clock import DAY_SECONDS, HOUR_SECONDS
from seeds_generator.parameters import Parameters
from seeds_generator.sales import Sale, make_black_fridays, make_sales
from seeds_generator.streams import Streams

DAYS_PER_YEAR = 365.25
FUTURE_DAYS = 365  # beyond the last day written: what customers will be worth is known
SMALLEST_LEVEL = 1e-12
BOOKING_MARGIN_DAYS = 90  # more than any refund takes, and more days in a row without work than any holidays make


@dataclass(frozen=True)
class Demand:
    """The days of a shop and the demand on each.

    The *history* is asked for by the parameters; its sizes are counted on it, and its mean day has the demand 1. Before
    it lie the years in which older customers came, after it the days that may be written and those of the truth. No
    day's demand depends on how many days follow.

    Attributes
    ----------
    days : datetime64[D] array, shape (n,)
        Every calendar day.
    first, history_end, written_end, end : int
        Positions of the first day of the history, of the day after it, of the day after the last one that is written,
        and of the day after the last one that is simulated.
    level : float array, shape (n,)
        Demand of the day: its length in demand time.
    edges : float array, shape (n + 1,)
        Demand time at the beginning of each day, and at the end of the last; 0 where the history begins.
    factors : dict of str to float array, shape (n,)
        What the level is the product of, beside a constant.
    is_sale : bool array, shape (n,)
        Days around Black Friday and those of sales, when more is discounted.
    sale_pct : int array, shape (n,)
        Percentage of the sale of the day, 0 where there is none or Black Friday's, when coupons are the usual ones.
    sales : list of Sale
        Sales and Black Fridays in the order of time.
    next_working_day : int array, shape (n,)
        Position of the first working day from that day on.
    """

    days: np.ndarray
    first: int
    history_end: int
    written_end: int
    end: int
    level: np.ndarray
    edges: np.ndarray
    factors: dict[str, np.ndarray]
    is_sale: np.ndarray
    sale_pct: np.ndarray
    sales: list[Sale]
    next_working_day: np.ndarray

    @property
    def age_years(self) -> np.ndarray:
        """Years since the history began, negative before; shape (n,)."""
        return (np.arange(len(self.days)) - self.first) / DAYS_PER_YEAR

    def day_of(self, moments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Position of the day and the share of it gone by, 0 to 1, of moments in demand time."""
        position = np.searchsorted(self.edges, moments, side="right") - 1
        position = position.clip(0, len(self.days) - 1)
        level = np.maximum(self.level[position], SMALLEST_LEVEL)  # nothing happens on a day that is closed
        return position, ((moments - self.edges[position]) / level).clip(0.0, 1.0)

    def wall_seconds(self, moments: np.ndarray, behaviour: Behaviour) -> tuple[np.ndarray, np.ndarray]:
        """Position of the day, and seconds since 1970 on the store's clock as if it were UTC, of moments."""
        day, share = self.day_of(moments)
        weights = np.asarray(behaviour.hour_weights)
        edges = np.concatenate(([0.0], np.cumsum(weights) / weights.sum()))
        second = np.interp(share, edges, np.arange(len(edges)) * HOUR_SECONDS).astype(np.int64)
        return day, self.days[day].astype(np.int64) * DAY_SECONDS + second.clip(max=DAY_SECONDS - 1)

    def weights(self, growth_rate: float) -> np.ndarray:
        """Demand of each day, more by ``growth_rate`` with every year; shape (n,)."""
        return self.level * (1 + growth_rate) ** self.age_years

    def draw(self, uniforms: np.ndarray, growth_rate: float, begin: int, end: int) -> np.ndarray:
        """Moments in demand time from day ``begin`` to before day ``end``, one per uniform number."""
        edges = np.concatenate(([0.0], np.cumsum(self.weights(growth_rate)[begin:end])))
        moments = np.interp(uniforms * edges[-1], edges, self.edges[begin : end + 1])
        # rounding must not carry anybody into the next day
        return np.minimum(moments, np.nextafter(self.edges[end], -np.inf))

    def arrive(
        self, history_count: int, growth_rate: float, subject: str, streams: Streams
    ) -> Iterator[tuple[int, np.ndarray]]:
        """Moments of what comes after the history month by month, as ``history_count`` came in it.

        Yields the number of the month and its moments, which do not depend on any other month. How many they are is
        Poisson-distributed, because no number was given.
        """
        weights = self.weights(growth_rate)
        rate = history_count / weights[self.first : self.history_end].sum()
        for begin, end in itertools.pairwise(self.month_starts(self.history_end, len(self.days))):
            if begin >= self.end:
                return
            month = self.month_of(begin)
            stream = streams.of(subject, month)
            count = stream.poisson(rate * weights[begin:end].sum())
            yield month, self.draw(stream.random(count), growth_rate, begin, end)

    def month_starts(self, begin: int, end: int) -> list[int]:
        """``begin``, the first days of the months after it and before ``end``, and ``end``."""
        months = self.days[begin:end].astype("datetime64[M]")
        return [begin, *(begin + 1 + np.flatnonzero(months[1:] != months[:-1])).tolist(), end]

    def month_of(self, day: int) -> int:
        """Number of the month in which a day lies, since year 0."""
        return int(self.days[day].astype("datetime64[M]").astype(int)) + 1970 * 12

    def position(self, day: date) -> int:
        """Position of a calendar day."""
        return int((np.datetime64(day, "D") - self.days[0]).astype(int))


def make_demand(parameters: Parameters, streams: Streams) -> Demand:
    """The demand of every day. Holidays are the public ones of the store's whole country."""
    from holidays import country_holidays  # slow to import, and a shop that is already there needs none

    behaviour = parameters.behaviour
    first_day, until = (np.datetime64(day, "D") for day in (parameters.first_date, parameters.until))
    written = np.datetime64(parameters.last_date, "D")
    first = int(behaviour.established_years * DAYS_PER_YEAR)
    simulated = max(until, written + FUTURE_DAYS)
    # a day more before, to know the day after a holiday; whole months at the end, because months are drawn as a whole
    last = ((simulated + BOOKING_MARGIN_DAYS).astype("datetime64[M]") + 1).astype("datetime64[D]")
    days = np.arange(first_day - first - 1, last + BOOKING_MARGIN_DAYS)
    years = range(days[0].astype(date).year, days[-1].astype(date).year + 1)
    holidays = country_holidays(parameters.store.country_code, years=years)
    is_holiday = np.isin(days, np.array(sorted(holidays), dtype="datetime64[D]"))
    is_after_holiday = np.append(False, is_holiday[:-1]) & ~is_holiday

    age_years = (np.arange(len(days)) - 1 - first) / DAYS_PER_YEAR
    fridays = _black_fridays(years)
    black_friday_factor, is_black_friday = _black_friday(days, fridays, behaviour)
    taken = np.add.outer(fridays, np.array(behaviour.black_friday_days, dtype=np.int64))
    sales = make_sales(years, taken, behaviour, streams)
    sale_pct = np.zeros(len(days), dtype=np.int64)
    for sale in sales:
        sale_pct[sale.is_on(days)] = sale.pct
    lifts = dict(zip(behaviour.sale_pcts, behaviour.sale_lifts, strict=True))
    factors = {
        "weekday": np.asarray(behaviour.weekday_factors)[weekdays(days)],
        "season": season(days, behaviour.month_factors),
        "holiday": np.where(is_holiday, behaviour.holiday_factor, 1.0)
        * np.where(is_after_holiday, behaviour.after_holiday_factor, 1.0),
        "christmas": _christmas(days, behaviour),
        "black_friday": black_friday_factor,
        "sale": np.array([lifts.get(pct, 1.0) for pct in sale_pct.tolist()]),
        "growth": (1 + behaviour.demand_growth_rate) ** age_years,
        "noise": np.append(1.0, np.exp(_noise(len(days) - 1, behaviour, streams))),
    }
    level = np.prod(list(factors.values()), axis=0)[1:]
    history_end = first + parameters.day_count
    level /= level[first:history_end].mean()
    before = np.cumsum(level[:first][::-1])[::-1]  # from the history backwards, so that it begins at 0 exactly
    is_working = ((weekdays(days) < 5) & ~is_holiday)[1:]
    working_days = np.flatnonzero(is_working)
    next_working_day = np.searchsorted(working_days, np.arange(len(level)))
    return Demand(
        days=days[1:],
        first=first,
        history_end=history_end,
        written_end=first + int((written - first_day).astype(int)) + 1,
        end=first + int((simulated - first_day).astype(int)) + 1,
        level=level,
        edges=np.concatenate((-before, [0.0], np.cumsum(level[first:]))),
        factors={name: factor[1:] for name, factor in factors.items()},
        is_sale=(is_black_friday | (sale_pct > 0))[1:],
        sale_pct=sale_pct[1:],
        sales=sorted([*make_black_fridays(fridays, behaviour), *sales], key=lambda sale: sale.first_date),
        next_working_day=working_days[next_working_day.clip(max=len(working_days) - 1)],
    )


def weekdays(days: np.ndarray) -> np.ndarray:
    """0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday."""
    return (days.astype(np.int64) + 3) % 7


def season(days: np.ndarray, month_factors: tuple[float, ...]) -> np.ndarray:
    """The month's factor in its middle, and a straight way from there to the next month's middle."""
    months = days.astype("datetime64[M]")
    length_days = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(int)
    day_of_month = (days - months.astype("datetime64[D]")).astype(int)
    position = months.astype(int) % 12 + (day_of_month + 0.5) / length_days
    return np.interp(position, np.arange(12) + 0.5, month_factors, period=12)


def _christmas(days: np.ndarray, behaviour: Behaviour) -> np.ndarray:
    """The rise of demand before Christmas, its end with the last parcels, and the quiet days after it."""
    # a new year's first days look back at the Christmas of the year before
    christmas_years = (days - np.timedelta64(15, "D")).astype("datetime64[Y]")
    christmas_eves = (christmas_years.astype("datetime64[M]") + 11).astype("datetime64[D]") + 23
    days_ahead = (christmas_eves - days).astype(int)
    order = np.argsort(behaviour.christmas_days)
    known_days = np.asarray(behaviour.christmas_days)[order]
    return np.interp(days_ahead, known_days, np.asarray(behaviour.christmas_factors)[order], left=1.0, right=1.0)


def _black_fridays(years: range) -> np.ndarray:
    """The day after the fourth Thursday of November of each year; datetime64[D], shape (years,)."""
    novembers = np.array([f"{year}-11" for year in years], dtype="datetime64[M]").astype("datetime64[D]")
    to_first_thursday_days = (3 - weekdays(novembers)) % 7
    return novembers + to_first_thursday_days + 22


def _black_friday(days: np.ndarray, fridays: np.ndarray, behaviour: Behaviour) -> tuple[np.ndarray, np.ndarray]:
    """The factor of each day, and whether the sale is on."""
    level = np.ones(len(days))
    is_sale = np.zeros(len(days), dtype=bool)
    for ahead_days, factor in zip(behaviour.black_friday_days, behaviour.black_friday_factors, strict=True):
        on = np.isin(days, fridays + ahead_days)
        level[on] = factor
        is_sale |= on
    return level, is_sale


def _noise(day_count: int, behaviour: Behaviour, streams: Streams) -> np.ndarray:
    """A first-order autoregressive series with the behaviour's deviation: what no calendar knows."""
    persistence = behaviour.noise_persistence
    shocks = streams.of("demand.noise").normal(0.0, behaviour.noise_deviation, day_count)
    shocks[1:] *= np.sqrt(1 - persistence**2)
    noise = shocks.tolist()
    for day in range(1, day_count):
        noise[day] += persistence * noise[day - 1]
    return np.array(noise)
