"""What is asked of the generator: how much, how long, until when, for which store, from which seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from seeds_generator.behaviour import Behaviour
from seeds_generator.places import REGIONS
from seeds_generator.stores import Store
from warehouse import UsageError

RANGES = {
    "customers": (0, 10_000_000),
    "products": (1, 1_000_000),
    "orders": (0, 100_000_000),
    "years": (1, 30),
    "seed": (0, 2**63 - 1),
}
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
        Last day of the history in the store's zone. It has an order; nothing happens after it.
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
    def day_count(self) -> int:
        """Days of the history, the last one included."""
        return (self.until - self.first_date).days + 1
