"""What a wholesaler sells to offices and workshops."""

from __future__ import annotations

from seeds_generator.vocabulary.words import SUMMER, WINTER, Category, Vocabulary

SUPPLIES = Vocabulary(
    categories=(
        Category(
            "Packaging", 0.22, 0.74, ("Boxwell", "Kraftline"), ("Cardboard", "Kraft", "Recycled", "Double-wall"),
            (("Box", 18), ("Mailer", 12), ("Tape", 9), ("Void Fill", 24), ("Pallet Wrap", 32)), elasticity=2.2,
        ),
        Category(
            "Office", 0.24, 0.70, ("Penworth", "Deskmate"), ("Standard", "Recycled", "Premium", "Coloured"),
            (("Copy Paper", 28), ("Envelopes", 16), ("Binders", 22), ("Pens", 11), ("Toner", 74), ("Labels", 14)),
            elasticity=1.8,
        ),
        Category(
            "Cleaning", 0.18, 0.66, ("Brightway", "Clearform"), ("Concentrated", "Neutral", "Citrus", "Industrial"),
            (("Floor Cleaner", 21), ("Paper Towels", 26), ("Hand Soap", 13), ("Bin Bags", 17), ("Disinfectant", 24)),
            elasticity=1.4,
        ),
        Category(
            "Safety", 0.18, 0.64, ("Guardsman", "Clearform"), ("Nitrile", "Cotton", "Leather", "High-visibility"),
            (("Gloves", 19), ("Vest", 14), ("Goggles", 12), ("Helmet", 29), ("Boots", 68)), WINTER, 1.3,
        ),
        Category(
            "Garden Care", 0.18, 0.69, ("Groundwork", "Kraftline"), ("Steel", "Galvanised", "Plastic", "Ash"),
            (("Shovel", 31), ("Rake", 24), ("Hose", 46), ("Salt Spreader", 88), ("Wheelbarrow", 96)), SUMMER, 1.9,
        ),
    ),
    variants=("Carton of 6", "Carton of 12", "Carton of 24", "Bulk", "Half Pallet"),
)  # fmt: skip
