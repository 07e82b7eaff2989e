"""Who the customers are: when they came, where they live, how they can be reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from seeds_generator.columns import id_width, ids, picks
from seeds_generator.demand import DAYS_PER_YEAR, Demand
from seeds_generator.parameters import Parameters
from seeds_generator.places import LOCALES, NEIGHBOURS, REGIONS
from seeds_generator.streams import Streams, choose

USER_NAMES = 500  # drawn per country; the customer's number makes each address unique
MAIL_DOMAINS = ("example.com", "example.net", "example.org")  # reserved: no mail can reach a stranger


@dataclass(frozen=True)
class Customers:
    """The registered customers, in the order of their registration.

    Attributes
    ----------
    table : Table
        One row per customer, as the shop exports it.
    arrival : float array, shape (n,)
        Moment in demand time from which the customer may buy: that of registration, or 0 for those who
        were there before the history.
    is_new : bool array, shape (n,)
        Whether they registered within the history.
    payment_habit : int array, shape (n,)
        Position in ``behaviour.payment_methods`` of the method this customer mostly uses.
    """

    table: pa.Table
    arrival: np.ndarray
    is_new: np.ndarray
    payment_habit: np.ndarray

    def __len__(self) -> int:
        return len(self.arrival)

    @property
    def ids(self) -> pa.Array:
        """The customers' ids, shape (n,)."""
        return self.table["customer_id"].combine_chunks()


def make_customers(parameters: Parameters, demand: Demand, streams: Streams) -> Customers:
    """The customers of a shop. New ones come when there is demand, and more with every year."""
    behaviour, count = parameters.behaviour, parameters.customers
    established_count = round(count * behaviour.established_rate)
    days_before = behaviour.established_years * DAYS_PER_YEAR
    days_ago = 1 + streams.of("customers.established").random(established_count) * days_before
    arrival = demand.draw(
        streams.of("customers.arrival").random(count - established_count), behaviour.arrival_growth_rate
    )
    arrival.sort()
    registration_date = np.concatenate(
        [
            demand.days[0] - np.sort(days_ago.astype(int))[::-1].astype("timedelta64[D]"),
            demand.days[demand.day_of(arrival)[0]],
        ]
    )
    numbers = np.arange(1, count + 1)
    columns = {
        "store_id": pa.repeat(parameters.store.store_id, count),
        "customer_id": ids("C", numbers, id_width(count, 6)),
    }
    country = _countries(parameters, streams)
    columns["email"] = _emails(parameters, country, numbers, streams)
    columns["registration_date"] = pa.array(registration_date.astype("datetime64[D]"))
    columns |= _places(parameters, country, streams)
    columns["age_group"] = picks(
        pa.array(behaviour.age_groups),
        choose(behaviour.age_weights, streams.of("customers.age").random(count)),
        streams.of("customers.missing_age").random(count) < behaviour.missing_age_rate,
    )
    columns["customer_segment"] = picks(
        pa.array(behaviour.customer_segments),
        choose(behaviour.segment_weights, streams.of("customers.segment").random(count)),
    )
    return Customers(
        table=pa.table(columns),
        arrival=np.concatenate([np.zeros(established_count), arrival]),
        is_new=numbers > established_count,
        payment_habit=choose(behaviour.payment_weights, streams.of("customers.payment").random(count)),
    )


def _countries(parameters: Parameters, streams: Streams) -> np.ndarray:
    """The country code of each customer: home, or one of the neighbours."""
    home = parameters.store.country_code
    shares = NEIGHBOURS[home]
    codes = np.array([home, *shares])
    weights = (1 - sum(shares.values()), *shares.values())
    return codes[choose(weights, streams.of("customers.country").random(parameters.customers))]


def _places(parameters: Parameters, country: np.ndarray, streams: Streams) -> dict[str, pa.Array]:
    """Country, region by inhabitants, and city: the first of a region is its largest."""
    count = parameters.customers
    region_uniforms = streams.of("customers.region").random(count)
    city_uniforms = streams.of("customers.city").random(count)
    regions = [(code, name, *facts) for code in sorted(REGIONS) for name, facts in REGIONS[code].items()]
    city_count = max(len(cities) for *_, cities in regions)
    cities = [place for *_, names in regions for place in (*names, *[names[-1]] * (city_count - len(names)))]

    region = np.zeros(count, dtype=np.int64)
    city = np.zeros(count, dtype=np.int64)
    for code in np.unique(country).tolist():
        own = np.array([position for position, row in enumerate(regions) if row[0] == code])
        here = country == code
        region[here] = own[choose([regions[position][2] for position in own], region_uniforms[here])]
    for position in np.unique(region).tolist():
        here = region == position
        sizes = 1 / np.arange(1, len(regions[position][3]) + 1)
        city[here] = position * city_count + choose(sizes, city_uniforms[here])
    return {
        "country": pa.array(country.tolist(), pa.string()),
        "region": picks(pa.array([name for _, name, *_ in regions]), region),
        "city": picks(pa.array(cities), city),
    }


def _emails(parameters: Parameters, country: np.ndarray, numbers: np.ndarray, streams: Streams) -> pa.Array:
    """Addresses in the manner of the customer's country, unique, empty where none was given."""
    from faker import Faker  # slow to import, and a shop that is already there needs none

    count = parameters.customers
    user_uniforms = streams.of("customers.user_name").random(count)
    domains = choose(np.ones(len(MAIL_DOMAINS)), streams.of("customers.mail_domain").random(count)).tolist()
    is_missing = streams.of("customers.missing_email").random(count) < parameters.behaviour.missing_email_rate
    names = {}
    for code in np.unique(country).tolist():
        faker = Faker(LOCALES[code], use_weighting=False)
        faker.seed_instance(int(streams.of(f"customers.faker.{code}").integers(2**32)))
        names[code] = [faker.user_name().rstrip("0123456789") for _ in range(USER_NAMES)]
    people = zip(
        country.tolist(),
        (user_uniforms * USER_NAMES).astype(int).tolist(),
        numbers.tolist(),
        domains,
        strict=True,
    )
    emails = [f"{names[code][user]}{number}@{MAIL_DOMAINS[domain]}" for code, user, number, domain in people]
    return pa.array(emails, pa.string(), mask=is_missing)
