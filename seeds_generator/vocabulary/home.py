"""What a shop for the home sells."""

from __future__ import annotations

from seeds_generator.vocabulary.words import GIFTS, SUMMER, WINTER, Category, Vocabulary

COLOURS = (
    "Natural", "White", "Black", "Sand", "Sage", "Slate", "Navy", "Terracotta", "Mustard", "Rose", "Petrol",
    "Walnut",
)  # fmt: skip

CATEGORIES = (
    Category(
        "Kitchen", 0.16, 0.52, ("Aldervik", "Brennhaus", "Copperlane", "Tavola Nove"),
        ("Steel", "Cast Iron", "Oak", "Ceramic", "Copper", "Bamboo"),
        (("Saucepan", 39), ("Frying Pan", 45), ("Casserole", 79), ("Cutting Board", 25), ("Chef's Knife", 55),
         ("Kettle", 42), ("Coffee Press", 32), ("Mixing Bowl", 18), ("Baking Tin", 16), ("Spice Mill", 22)),
    ),
    Category(
        "Tableware", 0.15, 0.46, ("Kjelderup", "Marlow Clay", "Tavola Nove"),
        ("Stoneware", "Porcelain", "Glass", "Enamel", "Oak"),
        (("Dinner Plate", 14), ("Soup Bowl", 12), ("Mug", 11), ("Carafe", 27),
         ("Tumbler Set", 24), ("Wine Glass Set", 34), ("Serving Dish", 29),
         ("Cutlery Set", 69), ("Cake Stand", 35), ("Egg Cup", 7)),
        season=GIFTS, elasticity=1.8
    ),
    Category(
        "Bedding", 0.12, 0.48, ("Lindholt", "Noctua Home", "Weaver & Moor"),
        ("Linen", "Cotton", "Satin", "Flannel", "Percale"),
        (("Duvet Cover", 69), ("Pillowcase", 19), ("Fitted Sheet", 32), ("Duvet", 99), ("Pillow", 39),
         ("Bedspread", 79), ("Mattress Protector", 35)),
        season=WINTER, elasticity=2.2
    ),
    Category(
        "Bath", 0.10, 0.45, ("Lindholt", "Saltwick", "Puro Bagno"),
        ("Cotton", "Bamboo", "Waffle", "Teak"),
        (("Bath Towel", 22), ("Hand Towel", 11), ("Bath Mat", 24), ("Shower Curtain", 27),
         ("Soap Dispenser", 16), ("Laundry Basket", 45), ("Bathrobe", 65)),
    ),
    Category(
        "Lighting", 0.09, 0.50, ("Lumenær", "Brennhaus", "Atelier Forty"),
        ("Brass", "Paper", "Glass", "Rattan", "Steel"),
        (("Table Lamp", 59), ("Floor Lamp", 119), ("Pendant Lamp", 89), ("Wall Lamp", 54), ("Lantern", 29),
         ("Light Chain", 18), ("Reading Lamp", 49)),
        season=WINTER, elasticity=1.6
    ),
    Category(
        "Decoration", 0.14, 0.42, ("Atelier Forty", "Kjelderup", "Fernwerk"),
        ("Glass", "Ceramic", "Brass", "Oak", "Wool"),
        (("Vase", 26), ("Candle Holder", 17), ("Picture Frame", 19), ("Mirror", 59), ("Wall Clock", 39),
         ("Cushion Cover", 18), ("Throw", 45), ("Scented Candle", 15), ("Wreath", 24)),
        season=GIFTS, elasticity=2.6
    ),
    Category(
        "Garden", 0.08, 0.50, ("Fernwerk", "Holm & Hedge"),
        ("Zinc", "Terracotta", "Teak", "Acacia", "Steel"),
        (("Planter", 34), ("Watering Can", 27), ("Bird House", 25), ("Garden Chair", 79), ("Fire Bowl", 99),
         ("Hanging Basket", 16), ("Tool Set", 38)),
        season=SUMMER, elasticity=2.0
    ),
    Category(
        "Storage", 0.09, 0.47, ("Saltwick", "Holm & Hedge", "Ordnung Zwei"),
        ("Seagrass", "Felt", "Bamboo", "Steel", "Cotton"),
        (("Basket", 24), ("Storage Box", 19), ("Wall Shelf", 45), ("Coat Rack", 49), ("Shoe Rack", 42),
         ("Drawer Organiser", 15), ("Magazine Holder", 18)),
    ),
    Category(
        "Furniture", 0.07, 0.56, ("Holm & Hedge", "Timberline Nord"),
        ("Oak", "Ash", "Walnut", "Rattan"),
        (("Side Table", 109), ("Stool", 79), ("Bench", 159), ("Dining Chair", 129), ("Bookcase", 189),
         ("Bedside Table", 119)),
        elasticity=3.0
    ),
)  # fmt: skip

HOME = Vocabulary(CATEGORIES, COLOURS)
