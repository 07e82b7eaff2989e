"""The discount code of each order that has a discount on the whole order."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from seeds_generator.baskets import Baskets
from seeds_generator.columns import picks
from seeds_generator.demand import Demand

# the first that applies names the code: a sale of the whole shop, Black Friday, the customer's first order
SALE, BLACK_FRIDAY, WELCOME, GENERIC = range(4)
PREFIXES = ("SALE", "BLACKFRIDAY", "WELCOME", "SAVE")
PCT_COUNT = 101  # percentages from 0 to 100
CODES = pa.array([f"{prefix}{pct}" for prefix in PREFIXES for pct in range(PCT_COUNT)])


def make_discount_codes(day: np.ndarray, is_first: np.ndarray, baskets: Baskets, demand: Demand) -> pa.Array:
    """Code of each order, such as WELCOME10, given its day and whether it is its customer's first; null without one.

    The number in a code is the percentage of the discount. Nothing is drawn: sale, percentage and order decide.
    """
    kind = np.select([demand.sale_pct[day] > 0, demand.is_sale[day], is_first], [SALE, BLACK_FRIDAY, WELCOME], GENERIC)
    has_no_discount = baskets.per_order(baskets.coupon_cents) == 0
    return picks(CODES, kind * PCT_COUNT + baskets.coupon_pct, has_no_discount)
