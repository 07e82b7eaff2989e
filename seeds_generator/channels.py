"""The sales channel of each order: the app gains share with the years, and a customer has a habit."""

from __future__ import annotations

import numpy as np

from seeds_generator.purchases import GUEST
from seeds_generator.streams import Streams

CHANNELS = ("web", "app", "shop")
WEB, APP, SHOP = range(len(CHANNELS))
SHOP_SHARE = 0.05
# share of the app: a logistic curve of the calendar year, 21 % in the middle of 2023, 29 % in the middle of 2025
APP_SHARE_LIMIT = 0.50
APP_MIDPOINT_YEAR = 2024.5
APP_GROWTH_RATE = 0.35
HABIT_RATE = 0.85  # of a customer's orders come through the usual channel
DAYS_PER_YEAR = 365.2425


def draw_channels(number: np.ndarray, customer: np.ndarray, date: np.ndarray, streams: Streams) -> np.ndarray:
    """Position in ``CHANNELS`` of each order, given its number, customer and date (datetime64[D]); int64, shape (n,).

    A customer's habit moves once at most, from the web to the app, because each customer keeps one uniform number.
    What is drawn depends only on the order's number and the customer, so extending a shop changes no channel.
    """
    app_share = app_shares(date)
    habit = _channel(streams.at("channels.habit", customer.clip(min=0)), app_share)
    other = _channel(streams.at("channels.other", number), app_share)
    follows_habit = (streams.at("channels.follows_habit", number) < HABIT_RATE) & (customer != GUEST)
    return np.where(follows_habit, habit, other)


def app_shares(date: np.ndarray) -> np.ndarray:
    """Expected share of the app on each date (datetime64[D])."""
    year = 1970 + date.astype("datetime64[D]").astype(np.int64) / DAYS_PER_YEAR
    return APP_SHARE_LIMIT / (1 + np.exp(-APP_GROWTH_RATE * (year - APP_MIDPOINT_YEAR)))


def _channel(uniforms: np.ndarray, app_share: np.ndarray) -> np.ndarray:
    return np.select([uniforms < SHOP_SHARE, uniforms < SHOP_SHARE + app_share], [SHOP, APP], WEB)
