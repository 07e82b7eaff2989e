"""What many sellers offer on a marketplace."""

from __future__ import annotations

from seeds_generator.vocabulary.words import GIFTS, SUMMER, WINTER, Category, Vocabulary

MARKET = Vocabulary(
    categories=(
        Category(
            "Electronics", 0.22, 0.78, ("Voltara", "Nexus Sul", "Ponto Som"),
            ("Wireless", "Compact", "Smart", "Portable"),
            (("Headphones", 189), ("Speaker", 249), ("Charger", 69), ("Keyboard", 159), ("Watch", 399), ("Lamp", 89)),
            GIFTS, 2.8,
        ),
        Category(
            "Beauty", 0.18, 0.62, ("Flor de Sal", "Aurora Pele"), ("Gentle", "Natural", "Intense", "Repair"),
            (("Shampoo", 39), ("Face Cream", 79), ("Perfume", 149), ("Soap", 19), ("Lipstick", 45)), GIFTS, 2.0,
        ),
        Category(
            "Sports", 0.20, 0.68, ("Corrida", "Mare Alta"), ("Light", "Classic", "Pro", "Foldable"),
            (("Running Shoes", 299), ("Yoga Mat", 89), ("Bottle", 39), ("Backpack", 159), ("Dumbbells", 119)),
            SUMMER, 2.3,
        ),
        Category(
            "Toys", 0.20, 0.65, ("Pipa", "Bloco Azul"), ("Wooden", "Plush", "Magnetic", "Musical"),
            (("Blocks", 79), ("Bear", 59), ("Puzzle", 45), ("Kite", 29), ("Board Game", 119)), GIFTS, 2.5,
        ),
        Category(
            "House", 0.20, 0.70, ("Casa Clara", "Lar Doce"), ("Cotton", "Steel", "Bamboo", "Glass"),
            (("Towel", 49), ("Pan", 99), ("Fan", 189), ("Heater", 229), ("Storage Box", 35)), WINTER, 2.1,
        ),
    ),
    variants=("White", "Black", "Blue", "Green", "Red", "Grey", "Pink", "Kit of 2"),
)  # fmt: skip
