"""What a small boutique sells."""

from __future__ import annotations

from seeds_generator.vocabulary.words import GIFTS, SUMMER, WINTER, Category, Vocabulary

FASHION = Vocabulary(
    categories=(
        Category(
            "Dresses", 0.22, 0.38, ("Maison Ondine", "Petra Vale"), ("Silk", "Linen", "Cotton", "Viscose"),
            (("Wrap Dress", 129), ("Shirt Dress", 110), ("Slip Dress", 98), ("Maxi Dress", 145)), SUMMER, 2.4,
        ),
        Category(
            "Knitwear", 0.22, 0.42, ("Fell & Fern", "Petra Vale"), ("Merino", "Cashmere", "Lambswool", "Cotton"),
            (("Jumper", 95), ("Cardigan", 105), ("Roll Neck", 89), ("Scarf", 49), ("Beanie", 29)), WINTER, 1.9,
        ),
        Category(
            "Trousers", 0.18, 0.40, ("Maison Ondine", "Harrow Lane"), ("Denim", "Wool", "Corduroy", "Linen"),
            (("Wide Trousers", 92), ("Jeans", 99), ("Culottes", 79), ("Shorts", 55)), elasticity=1.8,
        ),
        Category(
            "Jewellery", 0.20, 0.33, ("Ottoline", "Little Finch"), ("Silver", "Gold-plated", "Pearl", "Enamel"),
            (("Earrings", 42), ("Necklace", 65), ("Bracelet", 48), ("Ring", 55), ("Brooch", 36)), GIFTS, 2.2,
        ),
        Category(
            "Bags", 0.18, 0.45, ("Harrow Lane", "Ottoline"), ("Leather", "Canvas", "Raffia", "Suede"),
            (("Tote", 119), ("Shoulder Bag", 149), ("Clutch", 79), ("Purse", 59), ("Belt", 45)), elasticity=2.0,
        ),
    ),
    variants=("Ivory", "Black", "Navy", "Rust", "Olive", "Blush", "Stone", "Plum"),
)  # fmt: skip
