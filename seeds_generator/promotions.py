"""What is offered cheaper and shown in front: campaigns of a category for some days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seeds_generator.assortment import Assortment
from seeds_generator.demand import Demand, season
from seeds_generator.streams import Streams


@dataclass(frozen=True)
class Promotion:
    """A campaign. ``first_day`` and ``last_day`` are positions of days; ``products`` are those that take part.

    ``demand_factor`` is what demand for these products is multiplied by: the lift of being shown times the elasticity's
    answer to the lower price.
    """

    first_day: int
    last_day: int
    category: int
    pct: int
    lift: float
    demand_factor: float
    products: np.ndarray


def make_promotions(assortment: Assortment, demand: Demand, streams: Streams) -> list[Promotion]:
    """The campaigns of a shop, one after the other from the first day of the history on."""
    behaviour = assortment.behaviour
    shortest, longest = behaviour.promotion_length_days
    count = (demand.end - demand.first) // behaviour.promotion_every_days + 1
    made = []
    for number in range(count):
        draw = [float(streams.at(f"promotions.{what}", number)[0]) for what in ("category", "length", "pct", "start")]
        category = int(draw[0] * len(assortment.vocabulary.categories))
        length_days = shortest + int(draw[1] * (longest - shortest + 1))
        pct = behaviour.promotion_pcts[int(draw[2] * len(behaviour.promotion_pcts))]
        slack_days = max(1, behaviour.promotion_every_days - length_days)
        first_day = demand.first + number * behaviour.promotion_every_days + int(draw[3] * slack_days)
        own = np.flatnonzero(assortment.category == category)
        elasticity = assortment.vocabulary.categories[category].elasticity
        made.append(
            Promotion(
                first_day=first_day,
                last_day=first_day + length_days - 1,
                category=category,
                pct=pct,
                lift=behaviour.promotion_lift,
                demand_factor=behaviour.promotion_lift * (1 - pct / 100) ** -elasticity,
                products=own[streams.at("promotions.product", own, number) < behaviour.promotion_product_rate],
            )
        )
    return made


@dataclass(frozen=True)
class DayShelf:
    """What customers see on a day. Arrays of shape (products,).

    ``weight`` is how much each product is asked for beside the others, whether it is there or not; ``is_out`` which are
    out of stock; ``promotion_pct`` how much cheaper each is; ``promotions`` the campaigns that are on.
    """

    weight: np.ndarray
    is_out: np.ndarray
    promotion_pct: np.ndarray
    promotions: list[Promotion]


class Shelf:
    """The assortment day by day: launches and ends, seasons, prices, promotions and stock."""

    def __init__(self, assortment: Assortment, demand: Demand, streams: Streams) -> None:
        self.assortment = assortment
        self.promotions = make_promotions(assortment, demand, streams)
        categories = assortment.vocabulary.categories
        self._season = np.array([season(demand.days, category.season) for category in categories])
        self._elasticity = np.array([category.elasticity for category in categories])[assortment.category]

    def on(self, day: int) -> DayShelf:
        """What customers see on the day of that position."""
        assortment, behaviour = self.assortment, self.assortment.behaviour
        age_days = day - assortment.launch_day
        known = (age_days / behaviour.launch_days).clip(0.0, 1.0)
        weight = assortment.popularity * (behaviour.launch_weight + (1 - behaviour.launch_weight) * known)
        weight *= self._season[assortment.category, day]
        weight *= assortment.relative_prices_on(day) ** -self._elasticity
        weight[(age_days < 0) | (assortment.end_day <= day)] = 0.0
        pct = np.zeros(len(assortment), dtype=np.int64)
        on = [promotion for promotion in self.promotions if promotion.first_day <= day <= promotion.last_day]
        for promotion in on:
            weight[promotion.products] *= promotion.demand_factor
            pct[promotion.products] = promotion.pct
        return DayShelf(weight, assortment.is_out_on(day), pct, on)
