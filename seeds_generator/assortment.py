"""What the shop sells: products with name, brand, price, cost and stock, and how well each sells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from seeds_generator.behaviour import Behaviour
from seeds_generator.columns import id_width, ids, money, picks
from seeds_generator.parameters import Parameters
from seeds_generator.streams import Streams, choose
from seeds_generator.vocabulary import CATEGORIES, COLOURS

LOWEST_PRICE_CENTS = 299
# prices end as prices do: below so many cents, in steps of so many, less so many
PRICE_ENDINGS = ((2_000, 50, 1), (10_000, 100, 5), (None, 500, 100))
COST_RATE_RANGE = (0.25, 0.80)


@dataclass(frozen=True)
class Assortment:
    """The products of a shop.

    Attributes
    ----------
    table : Table
        One row per product, as the shop exports it.
    price_cents : int array, shape (n,)
        List price of one unit.
    popularity : float array, shape (n,)
        Share of the sold lines that are of this product; sums to 1.
    """

    table: pa.Table
    price_cents: np.ndarray
    popularity: np.ndarray

    def __len__(self) -> int:
        return len(self.price_cents)

    @property
    def ids(self) -> pa.Array:
        """The products' ids, shape (n,)."""
        return self.table["product_id"].combine_chunks()


def make_assortment(parameters: Parameters, streams: Streams) -> Assortment:
    """The products of a shop; their mix of categories is that of the vocabulary."""
    behaviour, count = parameters.behaviour, parameters.products
    category = choose([category.share for category in CATEGORIES], streams.of("products.category").random(count))
    names, usual_price = _things(category, streams)
    price_cents = _prices(usual_price, behaviour, streams)
    cost_rate = np.array([category.cost_rate for category in CATEGORIES])[category]
    cost_rate += streams.of("products.cost").normal(0.0, behaviour.cost_deviation, count)
    cost_cents = np.rint(price_cents * cost_rate.clip(*COST_RATE_RANGE)).astype(np.int64)

    appeal = streams.of("products.appeal").normal(0.0, 1.0, count)
    appeal -= behaviour.popularity_price_weight * np.log(price_cents)
    rank = np.empty(count, dtype=np.int64)
    rank[np.argsort(-appeal, kind="stable")] = np.arange(count)
    popularity = (rank + 1 + behaviour.popularity_offset) ** -behaviour.popularity_exponent
    popularity /= popularity.sum()

    numbers = np.arange(1, count + 1)
    table = pa.table(
        {
            "store_id": pa.repeat(parameters.store.store_id, count),
            "product_id": ids("P", numbers, id_width(count, 4)),
            "product_name": pa.array(names, pa.string()),
            "category": picks(pa.array([category.name for category in CATEGORIES]), category),
            "brand": _brands(category, streams),
            "price": money(price_cents),
            "cost": money(cost_cents),
            "stock_quantity": pa.array(_stock(parameters, popularity, streams), pa.int32()),
        }
    )
    return Assortment(table, price_cents, popularity)


def _things(category: np.ndarray, streams: Streams) -> tuple[list[str], np.ndarray]:
    """A name and a usual price for each product; names repeat, with a number, only where words run out."""
    names = np.empty(len(category), dtype=object)
    usual_price = np.empty(len(category))
    for position, words in enumerate(CATEGORIES):
        own = np.flatnonzero(category == position)
        thing_count, material_count = len(words.things), len(words.materials)
        combinations = thing_count * material_count * len(COLOURS)
        shuffled = streams.of(f"products.names.{words.name}").permutation(combinations)
        for place, product in enumerate(own.tolist()):
            edition, place = divmod(place, combinations)
            rest, thing = divmod(int(shuffled[place]), thing_count)
            colour, material = divmod(rest, material_count)
            name = f"{words.materials[material]} {words.things[thing][0]} {COLOURS[colour]}"
            names[product] = f"{name} No. {edition + 1}" if edition else name
            usual_price[product] = words.things[thing][1]
    return names.tolist(), usual_price


def _prices(usual_price: np.ndarray, behaviour: Behaviour, streams: Streams) -> np.ndarray:
    """List prices in cents around the usual ones, with the endings of shop prices."""
    spread = streams.of("products.price").normal(0.0, behaviour.price_deviation, len(usual_price))
    plain_cents = usual_price * 100 * np.exp(spread)
    endings = [np.rint(plain_cents / step).clip(min=1) * step - less for _, step, less in PRICE_ENDINGS]
    below = [plain_cents < limit for limit, *_ in PRICE_ENDINGS if limit]
    return np.select(below, endings[:-1], endings[-1]).clip(min=LOWEST_PRICE_CENTS).astype(np.int64)


def _brands(category: np.ndarray, streams: Streams) -> pa.Array:
    """A brand of the category for each product, the first of each category more often."""
    most = max(len(words.brands) for words in CATEGORIES)
    padded = pa.array(
        [brand for words in CATEGORIES for brand in (*words.brands, *[None] * (most - len(words.brands)))]
    )
    brand_count = np.array([len(words.brands) for words in CATEGORIES])[category]
    skewed = streams.of("products.brand").random(len(category)) ** 1.3
    return picks(padded, category * most + (skewed * brand_count).astype(np.int64))


def _stock(parameters: Parameters, popularity: np.ndarray, streams: Streams) -> np.ndarray:
    """Units in stock: so many days of what the product sells in the mean, none where sold out."""
    behaviour, count = parameters.behaviour, parameters.products
    units_per_order = _mean(behaviour.basket_weights) * _mean(behaviour.quantity_weights)
    daily_units = parameters.orders * units_per_order / parameters.day_count * popularity
    cover = streams.of("products.cover").normal(0.0, behaviour.stock_cover_deviation, count)
    units = np.ceil(daily_units * behaviour.stock_cover_days * np.exp(cover))
    return np.where(streams.of("products.sold_out").random(count) < behaviour.sold_out_rate, 0, units).astype(int)


def _mean(weights: tuple[float, ...]) -> float:
    """Mean of 1, 2, 3, ... with these weights."""
    return float(np.average(np.arange(1, len(weights) + 1), weights=weights))
