"""A shop that never existed: its five files, the same for the same seed."""

from seeds_generator.behaviour import Behaviour
from seeds_generator.files import Delivery, extend, write
from seeds_generator.flaws import Flaws
from seeds_generator.parameters import Parameters
from seeds_generator.shop import TABLES, Shop, generate
from seeds_generator.stores import Store, find_store

__all__ = [
    "TABLES",
    "Behaviour",
    "Delivery",
    "Flaws",
    "Parameters",
    "Shop",
    "Store",
    "extend",
    "find_store",
    "generate",
    "write",
]
