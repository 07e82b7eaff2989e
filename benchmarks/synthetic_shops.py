"""Synthetic shops as the forecasts see them, beside what only their maker knows."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ml.forecasting.store import Store
from seeds_generator import Parameters, write
from seeds_generator.presets import PRESETS


@dataclass(frozen=True)
class SyntheticShop:
    """A shop of a preset, read from its files.

    Attributes
    ----------
    store : Store
        Goods less discounts per day, before returns, and the sales of the whole store that it knows ahead.
    expected : Series
        The truth's expectation of the same, per day, to a year after the last.
    product_revenue : DataFrame
        Goods less promotional discounts, a row per day and a column per product.
    campaigns : DataFrame
        The truth's promotions of products that had begun by the last day: ``first_date``, ``last_date``,
        ``product_ids``, ``discount_pct``, and ``demand_factor``, what demand was multiplied by.
    sale_lifts : dict of float to float
        What the sales of the whole store multiply its revenue by, by percent of discount.
    """

    store: Store
    expected: pd.Series
    product_revenue: pd.DataFrame
    campaigns: pd.DataFrame
    sale_lifts: dict[float, float]

    def promoted(self) -> tuple[np.ndarray, np.ndarray]:
        """Whether each product was in a campaign on each day (0 or 1), and by how many percent it was cheaper."""
        is_on = pd.DataFrame(0.0, index=self.product_revenue.index, columns=self.product_revenue.columns)
        discount_pct = is_on.copy()
        for campaign in self.campaigns.itertuples():
            products = is_on.columns.intersection(campaign.product_ids.split())
            is_on.loc[campaign.first_date : campaign.last_date, products] = 1.0
            discount_pct.loc[campaign.first_date : campaign.last_date, products] = campaign.discount_pct
        return is_on.to_numpy(), discount_pct.to_numpy()


def make_shop(name: str) -> SyntheticShop:
    """Make the shop of a preset and read its files."""
    preset = PRESETS[name]
    with tempfile.TemporaryDirectory() as folder:
        write(Parameters(store=preset.store, behaviour=preset.behaviour, **preset.sizes), folder)
        orders, items, adjustments = (
            pd.read_csv(Path(folder) / f"{table}.csv") for table in ("orders", "order_items", "order_adjustments")
        )
        truth = Path(folder) / "truth"
        events = pd.read_csv(truth / "calendar_events.csv", keep_default_na=False)
        expected = pd.read_csv(truth / "expected_revenue.csv", parse_dates=["date"])
        campaigns = pd.read_csv(truth / "promotions.csv", parse_dates=["first_date", "last_date"])

    sold = orders[orders["status"].str.lower() != "cancelled"].set_index("order_id")
    local = pd.to_datetime(sold["ordered_at"], utc=True).dt.tz_convert(preset.store.time_zone)
    day = local.dt.tz_localize(None).dt.normalize()
    days = pd.date_range(day.min(), day.max(), inclusive="left")  # the last may still go on
    discounts = adjustments[adjustments["kind"] == "discount"]
    gross = items["total_price"].groupby(items["order_id"].map(day)).sum()
    discount = discounts["amount"].abs().groupby(discounts["order_id"].map(day)).sum()
    history = gross.reindex(days, fill_value=0.0) - discount.reindex(days, fill_value=0.0)

    of_item = discounts.groupby("item_id")["amount"].sum().abs()
    net = items["total_price"] - items["item_id"].map(of_item).fillna(0.0)
    by_product = net.groupby([items["order_id"].map(day), items["product_id"]]).sum().unstack(fill_value=0.0)

    sales = events[(events["category"] == "") & (events["product_id"] == "")]
    sales = sales.assign(**{name: pd.to_datetime(sales[name]) for name in ("starts_on", "ends_on")})
    sales["discount_pct"] = sales["discount_pct"].astype(float)
    behaviour = preset.behaviour
    store = preset.store
    return SyntheticShop(
        Store(store.store_id, preset.store_name, store.currency, store.country_code, history, events=sales),
        expected.groupby("date")["expected_net_before_returns"].sum(),
        by_product.reindex(days, fill_value=0.0),
        campaigns[campaigns["first_date"] <= days[-1]],
        {
            float(pct): lift * (1.0 - behaviour.sale_discount_rate * pct / 100.0)
            for pct, lift in zip(behaviour.sale_pcts, behaviour.sale_lifts, strict=True)
            if max(behaviour.sales_per_year)
        },
    )
