"""What is known of customers on a day, and what they are given, does not depend on what came after it, and is true."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

import ingestion
import seeds_generator
from ml import customers
from warehouse import Warehouse

DAY = date(2024, 11, 30)
# the day ends when it ends in the store's own zone
AFTER = f"(timestamp '{DAY} 00:00' + interval '1 day') at time zone 'Europe/Berlin'"
CORRUPTED = f"""
-- every third order goes but for those of the last days, which say how far the store's days reach
create temporary table gone as
select order_id from raw_shop.orders
where
    ordered_at >= {AFTER}
    and ordered_at < (select max(ordered_at) from raw_shop.orders) - interval '10 days'
    and hashtext(order_id) % 3 = 0;
delete from raw_shop.order_items where order_id in (select order_id from gone);
delete from raw_shop.order_adjustments where order_id in (select order_id from gone);
delete from raw_shop.orders where order_id in (select order_id from gone);
-- the others are of other customers, for other things, at other prices, with another end
update raw_shop.order_items set
    quantity = 7,
    unit_price = 999,
    total_price = 6993,
    product_id = (select min(product_id) from raw_shop.products)
where order_id in (select order_id from raw_shop.orders where ordered_at >= {AFTER});
update raw_shop.order_adjustments set amount = 5 * amount where adjusted_at >= {AFTER};
update raw_shop.orders set
    customer_id = (select min(customer_id) from raw_shop.customers where customer_id > orders.customer_id),
    status = case when status = 'cancelled' then 'completed' else status end,
    total_amount = 1
where ordered_at >= {AFTER};
"""
MARTS = (
    "build", "--full-refresh", "--quiet", "--exclude", "resource_type:test", "resource_type:unit_test",
    "resource_type:seed", "--select", "+fct_customer_features",
)  # fmt: skip
SNAPSHOTS = f"select * from marts.fct_customer_features where snapshot_date = '{DAY}' order by customer_id"
SCORES = """
select
    target, series_key, model_name, kind, cutoff_date, period_days, forecast, lower_80, upper_80, is_champion,
    data_fingerprint
from ml.forecast_results order by target, series_key, model_name, kind, cutoff_date, period_days
"""
LAST_SNAPSHOTS = """
select customer_id, recency_days, snapshot_date from marts.fct_customer_features
where snapshot_date = (select max(snapshot_date) from marts.fct_customer_features)
"""
LAST_SCORES = """
select target, period_days, series_key, forecast from ml.forecast_results
where is_champion and kind = 'live' and cutoff_date = (select max(cutoff_date) from ml.forecast_results)
"""
OTHER_SCORES = "select * from ml.customer_scores order by customer_id"


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    """A folder with a small shop and its truth."""
    folder = tmp_path_factory.mktemp("shop")
    small = seeds_generator.Parameters(
        store=seeds_generator.find_store("harbour"), customers=300, products=40, orders=2_000, years=2,
        until=date(2025, 6, 30),
    )  # fmt: skip
    seeds_generator.write(small, folder)
    return folder


@pytest.fixture(scope="module")
def found(shop, new_warehouse, run_dbt) -> dict[str, list[pd.DataFrame]]:
    """Snapshots of a day, its scores and its other scores, with the future as it was and with another one; and the
    published scores of the last day beside its snapshots."""
    found = {}
    with new_warehouse() as warehouse:
        for name in ingestion.list_sources():
            ingestion.create(warehouse, ingestion.read_source(name))
        ingestion.load(warehouse, "shop", sorted(shop.glob("*.csv")))
        run_dbt(warehouse, "seed")
        for future in ("as it was", "corrupted"):
            if future == "corrupted":
                _execute(warehouse, CORRUPTED, "truncate ml.forecast_results, ml.customer_scores")
            run_dbt(warehouse, *MARTS)
            customers.run(warehouse, as_of=DAY)
            found[future] = [warehouse.read(query) for query in (SNAPSHOTS, SCORES, OTHER_SCORES)]
            if future == "as it was":
                customers.run(warehouse)
                found["last day"] = [warehouse.read(query) for query in (LAST_SNAPSHOTS, LAST_SCORES)]
    return found


def _execute(warehouse: Warehouse, *scripts: str) -> None:
    with warehouse.connect() as connection:
        for script in scripts:
            connection.execute(script)


def test_features_of_a_day_are_not_changed_by_its_future_but_labels_are(found):
    before, after = found["as it was"][0], found["corrupted"][0]
    labels = [column for column in before if column.startswith("label_")]

    pd.testing.assert_frame_equal(after.drop(columns=labels), before.drop(columns=labels))
    assert len(before) > 150
    assert (before["label_net_revenue_180_days"] != after["label_net_revenue_180_days"]).mean() > 0.2


def test_scores_of_a_day_are_not_changed_by_its_future(found):
    (_, before, other_before), (_, after, other_after) = found["as it was"], found["corrupted"]

    pd.testing.assert_frame_equal(after, before)
    pd.testing.assert_frame_equal(other_after.drop(columns="created_at"), other_before.drop(columns="created_at"))
    assert {"clv", "churn"} == set(before.loc[before["kind"] == "live", "target"])


def test_the_truth_of_the_shop_is_found_nearly_as_well_as_by_who_knows_each_rate(shop, found):
    """The oracle knows each customer's rate, chance to drop out and mean order, not whether they have dropped out."""
    snapshots, scores = found["last day"]
    truth = pd.read_csv(shop / "truth" / "customers.csv", parse_dates=["dropout_date"]).set_index("customer_id")
    snapshots = snapshots.set_index("customer_id")
    truth = truth.reindex(snapshots.index)
    rate, dropout = truth["purchase_rate_per_day"], truth["dropout_rate"]
    alive = 1 / (1 + dropout / (1 - dropout) * np.exp(np.minimum(rate * snapshots["recency_days"], 50)))

    chance = scores[scores["target"] == "churn"].set_index("series_key")["forecast"]
    has_left = (truth["dropout_date"] <= snapshots["snapshot_date"].iloc[0])[chance.index]
    assert roc_auc_score(has_left, chance) > roc_auc_score(has_left, 1 - alive[chance.index]) - 0.1
    for days in (90, 180, 365):
        value = scores[(scores["target"] == "clv") & (scores["period_days"] == days)].set_index("series_key")[
            "forecast"
        ]
        expected = alive * (1 - np.exp(-rate * dropout * days)) / dropout * truth["mean_order_value"]
        later = truth[f"value_{days}_days"]
        by_oracle = spearmanr(expected, later).statistic
        assert spearmanr(value.reindex(truth.index), later).statistic > by_oracle - 0.1
