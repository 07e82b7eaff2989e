"""What is asked of the generator: how much, how long, until when, for which store, from which seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from seeds_generator.behaviour import Behaviour
from seeds_generator.places import REGIONS
from seeds_generator.stores import Store
from seeds_generator.vocabulary import ASSORTMENTS
from warehouse import UsageError

RANGES = {
    "customers": (0, 10_000_000),
    "products": (1, 1_000_000),
    "orders": (0, 100_000_000),
    "years": (1, 30),
    "seed": (0, 2**63 - 1),
}
LONGEST_EXTENSION_DAYS = 3_653
EARLIEST_DATE, LATEST_DATE = date(1998, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """A shop to be generated. Equal parameters give equal bytes.

    Parameters
    ----------
    store : Store
        Whose shop it is; its currency, zone and country.
    customers, products, orders : int
        How many there are. Cancelled orders and those of guests count as orders.
    years : int
        Length of the history, which ends with ``until`` and starts so many years before the day after.
    seed : int
        Start of all randomness, together with the id of the store.
    until : date
        Last day of the history in the store's zone. It has an order, where the store sells on such a day.
    through : date, optional
        Last day that is written, ``until`` where it is None. The sizes are those on ``until``; the days after it go on
        at the pace it ends with. The same shop written through an earlier day holds the same rows so far.
    behaviour : Behaviour
        What the shop is like.

    Raises
    ------
    UsageError
        When a value lies outside its range; the message says which and the range.
    """

    store: Store
    customers: int = 5_000
    products: int = 1_000
    orders: int = 50_000
    years: int = 3
    seed: int = 42
    until: date = date(2025, 12, 31)
    through: date | None = None
    behaviour: Behaviour = field(default_factory=Behaviour)

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if type(value) is not int or not low <= value <= high:
                raise UsageError(f"--{name} must be a whole number from {low:,} to {high:,}, not {value!r}")
        if type(self.until) is not date or not EARLIEST_DATE <= self.until <= LATEST_DATE:
            asked = self.until.isoformat() if isinstance(self.until, date) else repr(self.until)
            raise UsageError(f"--until must be a day from {EARLIEST_DATE} to {LATEST_DATE}, not {asked}")
        if self.first_date < EARLIEST_DATE:
            raise UsageError(
                f"--years {self.years} until {self.until} would start on {self.first_date}; "
                f"the earliest first day is {EARLIEST_DATE}"
            )
        if self.through is not None:
            latest = self.until + timedelta(days=LONGEST_EXTENSION_DAYS)
            if type(self.through) is not date or not self.first_date <= self.through <= latest:
                raise UsageError(
                    f"--through must be a day from {self.first_date} to {latest}, not {self.through}: the shop of "
                    "these parameters begins there, and goes on for ten years at most"
                )
        if self.behaviour.assortment not in ASSORTMENTS:
            raise UsageError(
                f"there is no assortment {self.behaviour.assortment!r}; known: {', '.join(sorted(ASSORTMENTS))}"
            )
        if self.store.country_code not in REGIONS:
            raise UsageError(
                f"store {self.store.store_id!r}: no places are known in country {self.store.country_code!r}; "
                f"known: {', '.join(sorted(REGIONS))}"
            )

    @property
    def first_date(self) -> date:
        """First day of the history."""
        end = self.until + timedelta(days=1)
        try:
            return end.replace(year=end.year - self.years)
        except ValueError:  # 29 February of a year that has none
            return date(end.year - self.years, 3, 1)

    @property
    def last_date(self) -> date:
        """Last day that is written."""
        return self.through or self.until

    @property
    def day_count(self) -> int:
        """Days of the history, the last one included."""
        return (self.until - self.first_date).days + 1
