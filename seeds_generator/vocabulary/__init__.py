"""What shops sell: categories, things and what they cost, makers."""

from seeds_generator.vocabulary.fashion import FASHION
from seeds_generator.vocabulary.food import FOOD
from seeds_generator.vocabulary.home import HOME
from seeds_generator.vocabulary.market import MARKET
from seeds_generator.vocabulary.supplies import SUPPLIES
from seeds_generator.vocabulary.words import Category, Vocabulary

ASSORTMENTS = {"fashion": FASHION, "food": FOOD, "home": HOME, "market": MARKET, "supplies": SUPPLIES}

__all__ = ["ASSORTMENTS", "Category", "Vocabulary"]
