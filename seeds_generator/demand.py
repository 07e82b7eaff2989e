"""How much is bought on each day: the shop's calendar, and the clock of demand that customers live by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from seeds_generator.behaviour import Behaviour
from seeds_generator.parameters import Parameters
from seeds_generator.streams import Streams

DAYS_PER_YEAR = 365.25
BOOKING_MARGIN_DAYS = 14  # more days in a row without work than any holidays make


@dataclass(frozen=True)
class Demand:
    """The days of a history and the demand on each.

    Attributes
    ----------
    days : datetime64[D] array, shape (n,)
        Every calendar day of the history.
    level : float array, shape (n,)
        Demand of the day, the mean day being 1: the length of the day in demand time.
    edges : float array, shape (n + 1,)
        Demand time at the beginning of each day, and at the end of the last.
    is_sale : bool array, shape (n,)
        Days around Black Friday, when more is discounted.
    next_working_day : int array, shape (n,)
        Position of the first working day from that day on; n or more lies after the history.
    """

    days: np.ndarray
    level: np.ndarray
    edges: np.ndarray
    is_sale: np.ndarray
    next_working_day: np.ndarray

    def day_of(self, moments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Position of the day and the share of it gone by, 0 to 1, of moments in demand time."""
        position = np.searchsorted(self.edges, moments, side="right") - 1
        position = position.clip(0, len(self.days) - 1)
        return position, ((moments - self.edges[position]) / self.level[position]).clip(0.0, 1.0)

    def draw(self, uniforms: np.ndarray, growth_rate: float) -> np.ndarray:
        """Moments in demand time, one per uniform number, denser by ``growth_rate`` with every year."""
        weights = self.level * (1 + growth_rate) ** (np.arange(len(self.days)) / DAYS_PER_YEAR)
        edges = np.concatenate(([0.0], np.cumsum(weights)))
        return np.interp(uniforms * edges[-1], edges, self.edges)

    def month_starts(self) -> np.ndarray:
        """Position of the first day of each month of the history, and n at the end."""
        months = self.days.astype("datetime64[M]")
        return np.append(np.flatnonzero(np.append(True, months[1:] != months[:-1])), len(self.days))


def make_demand(parameters: Parameters, streams: Streams) -> Demand:
    """The demand of every day of the history. Holidays are the public ones of the store's whole country."""
    from holidays import country_holidays  # slow to import, and a shop that is already there needs none

    behaviour = parameters.behaviour
    day_count = parameters.day_count
    first_day = np.datetime64(parameters.first_date, "D")
    # a day more before, to know the day after a holiday; some more after, to find the next working day
    days = np.arange(first_day - 1, first_day + day_count + BOOKING_MARGIN_DAYS)
    years = range(days[0].astype(date).year, days[-1].astype(date).year + 1)
    holidays = country_holidays(parameters.store.country_code, years=years)
    is_holiday = np.isin(days, np.array(sorted(holidays), dtype="datetime64[D]"))

    black_friday_level, is_sale = _black_friday(days, years, behaviour)
    level = (
        np.asarray(behaviour.weekday_factors)[_weekdays(days)]
        * _season(days, behaviour)
        * np.where(is_holiday, behaviour.holiday_factor, 1.0)
        * np.where(np.append(False, is_holiday[:-1]) & ~is_holiday, behaviour.after_holiday_factor, 1.0)
        * _christmas(days, behaviour)
        * black_friday_level
    )[1 : day_count + 1]
    level *= (1 + behaviour.demand_growth_rate) ** (np.arange(day_count) / DAYS_PER_YEAR)
    level *= np.exp(_noise(day_count, behaviour, streams))
    level /= level.mean()

    is_working = (_weekdays(days) < 5) & ~is_holiday
    working_days = np.flatnonzero(is_working[1:])
    next_working_day = working_days[np.searchsorted(working_days, np.arange(day_count))]
    return Demand(
        days=days[1 : day_count + 1],
        level=level,
        edges=np.concatenate(([0.0], np.cumsum(level))),
        is_sale=is_sale[1 : day_count + 1],
        next_working_day=next_working_day,
    )


def _weekdays(days: np.ndarray) -> np.ndarray:
    """0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday."""
    return (days.astype(np.int64) + 3) % 7


def _season(days: np.ndarray, behaviour: Behaviour) -> np.ndarray:
    """The month's factor in its middle, and a straight way from there to the next month's middle."""
    months = days.astype("datetime64[M]")
    length_days = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(int)
    day_of_month = (days - months.astype("datetime64[D]")).astype(int)
    position = months.astype(int) % 12 + (day_of_month + 0.5) / length_days
    return np.interp(position, np.arange(12) + 0.5, behaviour.month_factors, period=12)


def _christmas(days: np.ndarray, behaviour: Behaviour) -> np.ndarray:
    """The rise of demand before Christmas, its end with the last parcels, and the quiet days after it."""
    # a new year's first days look back at the Christmas of the year before
    christmas_years = (days - np.timedelta64(15, "D")).astype("datetime64[Y]")
    christmas_eves = (christmas_years.astype("datetime64[M]") + 11).astype("datetime64[D]") + 23
    days_ahead = (christmas_eves - days).astype(int)
    order = np.argsort(behaviour.christmas_days)
    known_days = np.asarray(behaviour.christmas_days)[order]
    return np.interp(days_ahead, known_days, np.asarray(behaviour.christmas_factors)[order], left=1.0, right=1.0)


def _black_friday(days: np.ndarray, years: range, behaviour: Behaviour) -> tuple[np.ndarray, np.ndarray]:
    """The factor of each day, and whether the sale is on."""
    novembers = np.array([f"{year}-11" for year in years], dtype="datetime64[M]").astype("datetime64[D]")
    to_first_thursday_days = (3 - _weekdays(novembers)) % 7
    fridays = novembers + to_first_thursday_days + 22
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
