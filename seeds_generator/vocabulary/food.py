"""What a grocer sells."""

from __future__ import annotations

from seeds_generator.vocabulary.words import GIFTS, SUMMER, Category, Vocabulary

FOOD = Vocabulary(
    categories=(
        Category(
            "Fruit and Vegetables", 0.18, 0.68, ("Tuinrijk", "De Akker"), ("Local", "Organic", "Greenhouse", "Washed"),
            (("Apples", 2.9), ("Tomatoes", 2.5), ("Potatoes", 3.2), ("Carrots", 1.6), ("Lettuce", 1.4),
             ("Strawberries", 3.5), ("Onions", 1.5), ("Peppers", 2.4)), SUMMER, 1.2,
        ),
        Category(
            "Dairy", 0.17, 0.72, ("Polderzuivel", "Weidegoud"), ("Whole", "Skimmed", "Organic", "Goat's"),
            (("Milk", 1.3), ("Yoghurt", 1.9), ("Butter", 2.6), ("Young Cheese", 5.4), ("Old Cheese", 6.8),
             ("Cream", 1.7), ("Curd", 1.8)), elasticity=1.0,
        ),
        Category(
            "Bread", 0.12, 0.58, ("Molenaar Bos", "De Oven"), ("Wheat", "Rye", "Spelt", "Multigrain"),
            (("Loaf", 2.8), ("Rolls", 2.2), ("Baguette", 1.6), ("Crispbread", 2.1), ("Raisin Bread", 3.4)),
            elasticity=0.9,
        ),
        Category(
            "Pantry", 0.23, 0.66, ("Voorraad", "Casa Lunga", "De Akker"), ("Fine", "Organic", "Classic", "Wholegrain"),
            (("Spaghetti", 1.4), ("Rice", 2.3), ("Flour", 1.2), ("Olive Oil", 7.5), ("Coffee", 6.9), ("Tea", 2.4),
             ("Chickpeas", 1.3), ("Tomato Sauce", 1.9), ("Muesli", 3.8)), elasticity=1.8,
        ),
        Category(
            "Drinks", 0.16, 0.70, ("Bronwater", "Tapperij Noord"), ("Still", "Sparkling", "Light", "Organic"),
            (("Water", 0.9), ("Apple Juice", 2.2), ("Lemonade", 1.8), ("Beer", 1.6), ("Cider", 2.6)), SUMMER, 2.2,
        ),
        Category(
            "Sweets", 0.14, 0.60, ("Zoethoek", "Cacao Maas"), ("Dark", "Milk", "Hazelnut", "Caramel"),
            (("Chocolate", 2.4), ("Biscuits", 1.9), ("Waffles", 2.3), ("Marzipan", 3.6), ("Liquorice", 1.7)),
            GIFTS, 2.6,
        ),
    ),
    variants=("Single", "Large", "Family Pack", "Twin Pack", "Mini", "Value Pack"),
)  # fmt: skip
