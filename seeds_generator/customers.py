"""Who the customers are: when they came, where they live, how they can be reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from seeds_generator.clock import to_utc
from seeds_generator.columns import id_width, ids, picks
from seeds_generator.demand import Demand
from seeds_generator.parameters import Parameters
from seeds_generator.places import LOCALES, NEIGHBOURS, REGIONS
from seeds_generator.streams import Streams, choose

COLUMNS = (
    "store_id", "customer_id", "email", "registration_date", "country", "region", "city", "age_group",
    "customer_segment",
)  # fmt: skip
USER_NAMES = 500  # drawn per country; the customer's number makes each address unique
MAIL_DOMAINS = ("example.com", "example.net", "example.org")  # reserved: no mail can reach a stranger


@dataclass(frozen=True)
class Customers:
    """The registered customers, in the order of their registration: those of the history, then those after it.

    Attributes
    ----------
    table : Table
        One row per customer who has registered by the last day written, as the shop exports it.
    arrival : float array, shape (n,)
        Moment in demand time of the registration; negative before the history.
    registered_at : int array, shape (n,)
        The same in seconds since 1970 in UTC.
    is_established : bool array, shape (n,)
        Whether they registered before the history.
    history_count : int
        How many have registered by the end of the history.
    payment_habit : int array, shape (n,)
        Position in ``behaviour.payment_methods`` of the method this customer mostly uses.
    size : float array, shape (n,)
        What this customer's orders are worth beside the mean customer's.
    ids : string array, shape (n,)
        Their ids.
    """

    table: pa.Table
    arrival: np.ndarray
    registered_at: np.ndarray
    is_established: np.ndarray
    history_count: int
    payment_habit: np.ndarray
    size: np.ndarray
    ids: pa.Array

    def __len__(self) -> int:
        return len(self.arrival)


def make_customers(parameters: Parameters, demand: Demand, streams: Streams, now: int) -> Customers:
    """The customers of a shop at the second ``now``. They come when there is demand, and more with every year."""
    behaviour = parameters.behaviour
    established_count = round(parameters.customers * behaviour.established_rate)
    new_count = parameters.customers - established_count
    growth_rate = behaviour.arrival_growth_rate
    later = demand.arrive(new_count, growth_rate, "customers.later", streams)
    arrival = np.concatenate(
        [
            np.sort(
                demand.draw(streams.of("customers.established").random(established_count), growth_rate, 0, demand.first)
            ),
            np.sort(
                demand.draw(
                    streams.of("customers.arrival").random(new_count), growth_rate, demand.first, demand.history_end
                )
            ),
            *(np.sort(moments) for _, moments in later),
        ]
    )
    count = len(arrival)
    day, wall_second = demand.wall_seconds(arrival, behaviour)
    registered_at = to_utc(wall_second, parameters.store.time_zone)
    numbers = np.arange(1, count + 1)
    customer_ids = ids("C", numbers, id_width(parameters.customers, 6))
    size_shape = behaviour.spend_customer_shape
    table = pa.table(
        {
            "store_id": pa.repeat(parameters.store.store_id, count),
            "customer_id": customer_ids,
            **_people(parameters, numbers, streams),
            "registration_date": pa.array(demand.days[day]),
            "age_group": picks(
                pa.array(behaviour.age_groups),
                choose(behaviour.age_weights, streams.of("customers.age").random(count)),
                streams.of("customers.missing_age").random(count) < behaviour.missing_age_rate,
            ),
            "customer_segment": picks(
                pa.array(behaviour.customer_segments),
                choose(behaviour.segment_weights, streams.of("customers.segment").random(count)),
            ),
        }
    ).select(COLUMNS)
    return Customers(
        table=table.filter(pa.array(registered_at <= now)),
        arrival=arrival,
        registered_at=registered_at,
        is_established=numbers <= established_count,
        history_count=parameters.customers,
        payment_habit=choose(behaviour.payment_weights, streams.of("customers.payment").random(count)),
        size=(size_shape - 1) / streams.of("customers.size").standard_gamma(size_shape, count).clip(min=0.05),
        ids=customer_ids,
    )


def _people(parameters: Parameters, numbers: np.ndarray, streams: Streams) -> dict[str, pa.Array]:
    country = _countries(parameters, len(numbers), streams)
    return _places(country, streams) | {"email": _emails(parameters, country, numbers, streams)}


def _countries(parameters: Parameters, count: int, streams: Streams) -> np.ndarray:
    """The country code of each customer: home, or one of the neighbours."""
    home = parameters.store.country_code
    shares = NEIGHBOURS[home]
    codes = np.array([home, *shares])
    weights = (1 - sum(shares.values()), *shares.values())
    return codes[choose(weights, streams.of("customers.country").random(count))]


def _places(country: np.ndarray, streams: Streams) -> dict[str, pa.Array]:
    """Country, region by inhabitants, and city: the first of a region is its largest."""
    count = len(country)
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

    count = len(numbers)
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
