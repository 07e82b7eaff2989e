"""One shop for the tests that ask what a shop is like: small enough to be quick, large enough to tell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seeds_generator import TABLES, Parameters, Store, find_store, generate


@pytest.fixture(scope="session")
def harbour() -> Store:
    return find_store("harbour")


@pytest.fixture(scope="session")
def parameters(harbour: Store) -> Parameters:
    return Parameters(store=harbour, customers=2_000, products=300, orders=20_000)


@pytest.fixture(scope="session")
def frames(parameters: Parameters) -> dict[str, pd.DataFrame]:
    """The tables of the shop by name, amounts as integer cents, with the store's day of each order."""
    shop = generate(parameters)
    frames = {table: getattr(shop, table).to_pandas() for table in TABLES}
    for table, columns in {
        "products": ["price", "cost"],
        "orders": ["total_amount"],
        "order_items": ["unit_price", "total_price"],
        "order_adjustments": ["amount"],
    }.items():
        for column in columns:
            cents = [int(amount * 100) for amount in frames[table][column]]
            frames[table][column] = np.array(cents, dtype="int64")  # and an error for what is no amount
    orders, adjustments = frames["orders"], frames["order_adjustments"]
    orders["day"] = orders["ordered_at"].dt.tz_localize(None).dt.normalize()
    adjustments["day"] = adjustments["adjusted_at"].dt.tz_localize(None).dt.normalize()
    frames["customers"]["registration_date"] = pd.to_datetime(frames["customers"]["registration_date"])
    return frames


@pytest.fixture(scope="session")
def orders_per_day(frames: dict[str, pd.DataFrame]) -> pd.Series:
    """Orders of each calendar day, from the first to the last."""
    return frames["orders"].groupby("day").size().asfreq("D", fill_value=0)


@pytest.fixture(scope="session")
def small(harbour: Store) -> Parameters:
    return Parameters(store=harbour, customers=60, products=40, orders=600, years=1)


@pytest.fixture(scope="session")
def small_options() -> list[str]:
    """The same shop, as options of the command."""
    return ["--customers", "60", "--products", "40", "--orders", "600", "--years", "1"]


@pytest.fixture(scope="session")
def contents() -> Callable[[Path], dict[str, bytes]]:
    """The bytes of each file in a folder."""
    return lambda folder: {table: (folder / f"{table}.csv").read_bytes() for table in TABLES}
