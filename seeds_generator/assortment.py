"""What the shop sells: products with name, brand, prices, costs and stock over time, and how well each sells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from seeds_generator.behaviour import Behaviour
from seeds_generator.columns import id_width, ids, money, picks
from seeds_generator.demand import Demand
from seeds_generator.parameters import Parameters
from seeds_generator.streams import Streams, choose
from seeds_generator.vocabulary import ASSORTMENTS, Vocabulary

LOWEST_PRICE_CENTS = 49
# prices end as prices do: below so many cents, in steps of so many, less so many
PRICE_ENDINGS = ((500, 10, 1), (2_000, 50, 1), (10_000, 100, 5), (None, 500, 100))
COST_RATE_RANGE = (0.25, 0.80)
REVISION_DAYS = 365  # a product's price is thought over once a year, and so is its cost
STAPLE = 0  # one product was always there, never ends and is never out of stock: every shop has something to sell


@dataclass(frozen=True)
class Assortment:
    """The products of a shop, in the order of their launch. Arrays of shape (n,) unless said otherwise.

    Attributes
    ----------
    fixed : Table
        store_id, product_id, product_name, category and brand.
    category : int array
        Position of the category in the vocabulary.
    popularity : float array
        Demand beside that of other products at their first prices, all being there.
    launch_day, end_day : int arrays
        Positions of the first day on which a product is sold, and of the first on which it no longer is.
    price_cents, cost_cents : int arrays, shape (n, years)
        List price and cost of one unit from each revision on.
    relative_price : float array, shape (n, years)
        The price beside the first one, inflation taken out.
    first_revision_day, first_cost_day : int arrays
        Position of the day on which the second price, or cost, begins; later ones follow a year apart.
    cycle_days, cycle_offset_days : int arrays
        Days between two deliveries of a product; days gone by of the cycle on day 0.
    daily_units : float array
        Units sold on a mean day of the history.
    """

    vocabulary: Vocabulary
    behaviour: Behaviour
    streams: Streams
    fixed: pa.Table
    category: np.ndarray
    popularity: np.ndarray
    launch_day: np.ndarray
    end_day: np.ndarray
    price_cents: np.ndarray
    cost_cents: np.ndarray
    relative_price: np.ndarray
    first_revision_day: np.ndarray
    first_cost_day: np.ndarray
    cycle_days: np.ndarray
    cycle_offset_days: np.ndarray
    daily_units: np.ndarray

    def __len__(self) -> int:
        return len(self.category)

    @property
    def ids(self) -> pa.Array:
        """The products' ids, shape (n,)."""
        return self.fixed["product_id"].combine_chunks()

    def prices_on(self, day: np.ndarray | int, product: np.ndarray | slice = slice(None)) -> np.ndarray:
        """List prices in cents on a day."""
        return _on(self.price_cents, self.first_revision_day, day, product)

    def costs_on(self, day: np.ndarray | int, product: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Costs of one unit in cents on a day."""
        return _on(self.cost_cents, self.first_cost_day, day, product)

    def relative_prices_on(self, day: int) -> np.ndarray:
        """Prices beside the first ones, inflation taken out."""
        return _on(self.relative_price, self.first_revision_day, day, slice(None))

    def is_out_on(self, day: int) -> np.ndarray:
        """Whether a product is out of stock, because its delivery is late; shape (n,)."""
        cycle, gone_days = np.divmod(day + self.cycle_offset_days, self.cycle_days)
        is_late = self.streams.at("stock.late", np.arange(len(self)), cycle) < self.behaviour.late_supply_rate
        is_late[STAPLE] = False
        late_days = 1 + np.floor(
            np.log1p(-self.streams.at("stock.days", np.arange(len(self)), cycle))
            / np.log1p(-1 / self.behaviour.late_supply_days)
        )
        return is_late & (gone_days < late_days)

    def table_on(self, day: int) -> pa.Table:
        """The products launched by the end of a day, as the shop exports them then."""
        product = np.flatnonzero(self.launch_day <= day)
        gone_days = (day + self.cycle_offset_days) % self.cycle_days
        units = np.ceil(self.daily_units * (self.cycle_days - gone_days))
        units[self.is_out_on(day) | (self.end_day <= day)] = 0
        table = self.fixed.take(pa.array(product))
        for name, column in {
            "price": money(self.prices_on(day)[product]),
            "cost": money(self.costs_on(day)[product]),
            "stock_quantity": pa.array(units[product].astype(np.int32)),
        }.items():
            table = table.append_column(name, column)
        return table


def make_assortment(parameters: Parameters, demand: Demand, streams: Streams) -> Assortment:
    """The products of a shop; their mix of categories is that of the vocabulary."""
    behaviour, asked = parameters.behaviour, parameters.products
    vocabulary = ASSORTMENTS[behaviour.assortment]
    categories = vocabulary.categories
    launch_day = _launches(parameters, demand, streams)
    count = len(launch_day)
    category = choose([category.share for category in categories], streams.of("products.category").random(count))
    names, usual_price = _things(vocabulary, category, streams)
    life_days = streams.of("products.life").standard_exponential(count) * behaviour.product_life_days
    is_evergreen = streams.of("products.evergreen").random(count) < behaviour.evergreen_rate
    is_evergreen[STAPLE] = True
    # what was there when the history began did not end before it
    end_day = np.maximum(launch_day, demand.first) + 1 + life_days.astype(np.int64)
    end_day[is_evergreen] = len(demand.days)

    spread = streams.of("products.price").normal(0.0, behaviour.price_deviation, count)
    first_price = usual_price * 100 * np.exp(spread)
    changes = _revisions(streams, "price", demand, count, behaviour.price_revision_deviation)
    inflation = (1 + behaviour.inflation_rate) ** np.arange(changes.shape[1])
    price_cents = _as_prices(first_price[:, None] * np.exp(changes) * inflation)
    cost_rate = np.array([category.cost_rate for category in categories])[category]
    cost_rate = cost_rate + streams.of("products.cost").normal(0.0, behaviour.cost_deviation, count)
    cost_changes = _revisions(streams, "cost", demand, count, behaviour.cost_revision_deviation)
    # costs follow prices: half of the price's change
    cost = (first_price * cost_rate)[:, None] * np.exp(cost_changes + changes / 2) * inflation
    low, high = (np.maximum(1, np.rint(price_cents * rate)) for rate in COST_RATE_RANGE)
    cost_cents = np.rint(cost).clip(low, high).astype(np.int64)

    appeal = streams.of("products.appeal").normal(0.0, 1.0, count)
    appeal -= behaviour.popularity_price_weight * np.log(first_price)
    rank = np.empty(count)
    rank[:asked][np.argsort(-appeal[:asked], kind="stable")] = np.arange(asked)
    # a product that came later takes a rank among those which were asked for, and leaves theirs alone
    rank[asked:] = streams.of("products.rank").random(count)[asked:] * asked
    popularity = (rank + 1 + behaviour.popularity_offset) ** -behaviour.popularity_exponent
    popularity /= popularity[:asked].sum()

    low_days, high_days = behaviour.stock_cycle_days
    cycle_days = low_days + (streams.of("products.cycle").random(count) * (high_days - low_days + 1)).astype(np.int64)
    offset_days = (streams.of("products.cycle_offset").random(count) * cycle_days).astype(np.int64)
    units_per_order = behaviour.basket_lines * float(
        np.average(behaviour.quantities, weights=behaviour.quantity_weights)
    )
    fixed = {
        "store_id": pa.repeat(parameters.store.store_id, count),
        "product_id": ids("P", np.arange(1, count + 1), id_width(asked, 4)),
        "product_name": pa.array(names, pa.string()),
        "category": picks(pa.array([category.name for category in categories]), category),
        "brand": _brands(vocabulary, category, streams),
    }
    return Assortment(
        vocabulary=vocabulary,
        behaviour=behaviour,
        streams=streams,
        fixed=pa.table(fixed),
        category=category,
        popularity=popularity,
        launch_day=launch_day,
        end_day=end_day,
        price_cents=price_cents,
        cost_cents=cost_cents,
        relative_price=price_cents / price_cents[:, :1] / inflation,
        first_revision_day=_revision_day("price", count, streams),
        first_cost_day=_revision_day("cost", count, streams),
        cycle_days=cycle_days,
        cycle_offset_days=offset_days,
        daily_units=parameters.orders * units_per_order / parameters.day_count * popularity,
    )


def _launches(parameters: Parameters, demand: Demand, streams: Streams) -> np.ndarray:
    """The first day of each product: before the history, within it, and after it at the same pace."""
    rate = parameters.behaviour.launched_rate
    later = round(parameters.products * rate) if parameters.products > 1 else 0
    there = np.sort((streams.of("products.there").random(parameters.products - later) * demand.first).astype(np.int64))
    there[STAPLE] = 0
    days = demand.history_end - demand.first
    launched = np.sort((streams.of("products.launched").random(later) * days).astype(np.int64))
    pace_days = days / max(later, 1)
    after = np.arange(1, int((demand.end - demand.history_end) / pace_days) + 1 if later else 0)
    return np.concatenate([there, demand.first + launched, demand.history_end + (after * pace_days).astype(np.int64)])


def _revision_day(subject: str, count: int, streams: Streams) -> np.ndarray:
    return (streams.of(f"products.{subject}_day").random(count) * REVISION_DAYS).astype(np.int64)


def _revisions(streams: Streams, subject: str, demand: Demand, count: int, deviation: float) -> np.ndarray:
    """Logarithm of a price beside the first one, from each revision on; shape (count, revisions + 1)."""
    revisions = len(demand.days) // REVISION_DAYS + 1
    changes = [
        streams.of(f"products.{subject}_change", year).normal(0.0, deviation, count) for year in range(revisions)
    ]
    return np.cumsum([np.zeros(count), *changes], axis=0).T


def _on(values: np.ndarray, first_day: np.ndarray, day: np.ndarray | int, product: np.ndarray | slice) -> np.ndarray:
    place = (day - first_day[product] + REVISION_DAYS) // REVISION_DAYS
    return values[np.arange(len(values)) if isinstance(product, slice) else product, place]


def _things(vocabulary: Vocabulary, category: np.ndarray, streams: Streams) -> tuple[list[str], np.ndarray]:
    """A name and a usual price for each product; names repeat, with a number, only where words run out."""
    names = np.empty(len(category), dtype=object)
    usual_price = np.empty(len(category))
    variants = vocabulary.variants
    for position, words in enumerate(vocabulary.categories):
        own = np.flatnonzero(category == position)
        thing_count, material_count = len(words.things), len(words.materials)
        combinations = thing_count * material_count * len(variants)
        shuffled = streams.of(f"products.names.{words.name}").permutation(combinations)
        for place, product in enumerate(own.tolist()):
            edition, place = divmod(place, combinations)
            rest, thing = divmod(int(shuffled[place]), thing_count)
            variant, material = divmod(rest, material_count)
            name = f"{words.materials[material]} {words.things[thing][0]} {variants[variant]}"
            names[product] = f"{name} No. {edition + 1}" if edition else name
            usual_price[product] = words.things[thing][1]
    return names.tolist(), usual_price


def _as_prices(plain_cents: np.ndarray) -> np.ndarray:
    """Prices in cents near the given ones, with the endings of shop prices."""
    endings = [np.rint(plain_cents / step).clip(min=1) * step - less for _, step, less in PRICE_ENDINGS]
    below = [plain_cents < limit for limit, *_ in PRICE_ENDINGS if limit]
    return np.select(below, endings[:-1], endings[-1]).clip(min=LOWEST_PRICE_CENTS).astype(np.int64)


def _brands(vocabulary: Vocabulary, category: np.ndarray, streams: Streams) -> pa.Array:
    """A brand of the category for each product, the first of each category more often."""
    most = max(len(words.brands) for words in vocabulary.categories)
    padded = pa.array(
        [brand for words in vocabulary.categories for brand in (*words.brands, *[None] * (most - len(words.brands)))]
    )
    brand_count = np.array([len(words.brands) for words in vocabulary.categories])[category]
    skewed = streams.of("products.brand").random(len(category)) ** 1.3
    return picks(padded, category * most + (skewed * brand_count).astype(np.int64))
