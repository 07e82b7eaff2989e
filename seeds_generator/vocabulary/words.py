"""What an assortment is made of."""

from __future__ import annotations

from dataclasses import dataclass

EVEN = (1.0,) * 12
SUMMER = (0.45, 0.60, 1.05, 1.60, 1.80, 1.55, 1.25, 1.00, 0.80, 0.65, 0.55, 0.50)
WINTER = (1.25, 1.05, 0.90, 0.80, 0.75, 0.70, 0.70, 0.80, 1.00, 1.25, 1.45, 1.45)
GIFTS = (0.80, 0.90, 0.90, 0.95, 1.00, 0.90, 0.85, 0.85, 0.90, 1.00, 1.35, 1.60)


@dataclass(frozen=True)
class Category:
    """A category of the assortment.

    ``share`` of the products are of it; ``cost_rate`` is cost / price, typically; ``things`` are names with
    their usual price in units of the store's currency. ``season`` are factors on its demand in the middle of each
    month; ``elasticity`` is how many per cent less is sold when its price rises by one per cent.
    """

    name: str
    share: float
    cost_rate: float
    brands: tuple[str, ...]
    materials: tuple[str, ...]
    things: tuple[tuple[str, float], ...]
    season: tuple[float, ...] = EVEN
    elasticity: float = 2.0


@dataclass(frozen=True)
class Vocabulary:
    """The categories of a shop, and the variants in which its things come. All makers are invented."""

    categories: tuple[Category, ...]
    variants: tuple[str, ...]
