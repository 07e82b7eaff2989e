"""Customers whose truth is known: drawn from BG/NBD and Gamma-Gamma, and looked at as the warehouse does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.snapshots import PERIODS_DAYS

FIRST_DAY = pd.Timestamp("2023-01-01")
AS_OF = pd.Timestamp("2024-06-30")
FEATURES_WITHOUT_TRUTH = {"return_rate": 0.0, "discount_rate": 0.0, "mean_units_sold": 1.0, "country_code": "DE"}


@dataclass(frozen=True)
class World:
    """Purchases (``customer_id``, ``date``, ``amount``) and the truth of each customer (rate, dropout, mean amount)."""

    purchases: pd.DataFrame
    truth: pd.DataFrame


def draw_world(count: int, seed: int = 7, days: int = 730) -> World:
    """Customers who come in the first year, buy at a rate of their own and drop out after any purchase."""
    random = np.random.default_rng(seed)
    rates = random.gamma(0.9, 1 / 40.0, count)
    dropouts = random.beta(0.6, 3.0, count)
    means = 6.0 * 15.0 / random.gamma(4.0, 1.0, count)
    births = random.integers(0, 365, count)
    rows = []
    for number in range(count):
        day, is_alive = float(births[number]), True
        while is_alive and day < days:
            rows.append((f"c{number:05d}", int(day), random.gamma(6.0, means[number] / 6.0)))
            is_alive = random.random() >= dropouts[number]
            day += random.exponential(1.0 / rates[number])
    purchases = pd.DataFrame(rows, columns=["customer_id", "day", "amount"])
    purchases["date"] = FIRST_DAY + pd.to_timedelta(purchases.pop("day"), unit="D")
    purchases = purchases.groupby(["customer_id", "date"], as_index=False)["amount"].sum()
    truth = pd.DataFrame({"rate": rates, "dropout": dropouts, "mean_amount": means})
    return World(purchases, truth.set_axis([f"c{number:05d}" for number in range(count)]))


def month_ends(last: pd.Timestamp, count: int) -> list[pd.Timestamp]:
    """The last month ends up to a day, and that day, ascending."""
    return sorted({*pd.date_range(end=last, periods=count, freq="ME"), last})


def look_at(purchases: pd.DataFrame, days: list[pd.Timestamp], as_of: pd.Timestamp) -> pd.DataFrame:
    """Snapshots of these days, labels known by ``as_of``; the features that shape the models, as the mart has them."""
    return pd.concat([_look_at(purchases, day, as_of) for day in days], ignore_index=True)


def _look_at(purchases: pd.DataFrame, day: pd.Timestamp, as_of: pd.Timestamp) -> pd.DataFrame:
    past = purchases[purchases["date"] <= day].sort_values(["customer_id", "date"])
    past = past.assign(gap=past.groupby("customer_id")["date"].diff().dt.days)
    by_customer = past.groupby("customer_id")
    count, first, last = by_customer.size(), by_customer["date"].min(), by_customer["date"].max()
    repeats = (count - 1).where(count > 1)
    total = by_customer["amount"].sum()
    rows = pd.DataFrame(
        {"snapshot_date": day, "recency_days": (day - last).dt.days, "tenure_days": (day - first).dt.days}
    )
    rows["purchase_count"] = rows["order_count"] = count
    rows["mean_gap_days"] = (last - first).dt.days / repeats
    rows["gap_variance"] = by_customer["gap"].apply(lambda gaps: (gaps**2).sum()) / repeats - rows["mean_gap_days"] ** 2
    rows["last_gap_days"] = by_customer["gap"].last()
    rows["gap_trend_rate"] = rows["last_gap_days"] / rows["mean_gap_days"]
    recent = past[past["customer_id"].map(last) - past["date"] < pd.Timedelta(days=90)].groupby("customer_id")
    rows["recent_purchase_count"], rows["recent_net_revenue"] = recent.size(), recent["amount"].sum()
    rows["net_revenue"], rows["mean_purchase_amount"] = total, total / count
    rows["mean_repeat_amount"] = (total - by_customer["amount"].first()) / repeats
    rows["last_purchase_amount"] = by_customer["amount"].last()
    rows["amount_trend_rate"] = rows["last_purchase_amount"] / rows["mean_purchase_amount"]
    rows["last_purchase_month"] = last.dt.month
    rows["category_count"] = np.nan
    later = purchases[(purchases["date"] > day) & (purchases["date"] <= as_of)]
    rows["label_next_purchase_days"] = (later.groupby("customer_id")["date"].min() - day).dt.days.reindex(rows.index)
    for days in PERIODS_DAYS:
        end = day + pd.Timedelta(days=days)
        within = later[later["date"] <= end].groupby("customer_id")
        has_come = end <= as_of
        for name, sums in (("net_revenue", within["amount"].sum()), ("purchase_count", within.size())):
            values = sums.reindex(rows.index).fillna(0.0).astype(float)
            rows[f"label_{name}_{days}_days"] = values if has_come else np.nan
    return rows.assign(**FEATURES_WITHOUT_TRUTH).reset_index()
