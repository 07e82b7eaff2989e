"""What is known of customers on a day, and what they are given, does not depend on anything that came after it."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

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
-- the others are somebody else's, for other things, at other prices, with another end
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
    "resource_type:seed", "--select", "+fct_customer_snapshots", "+fct_customer_rfm",
)  # fmt: skip
SNAPSHOTS = f"select * from marts.fct_customer_snapshots where snapshot_date = '{DAY}' order by customer_id"
SCORES = """
select
    target, series_key, model_name, kind, cutoff_date, period_days, forecast, lower_80, upper_80, is_champion,
    data_fingerprint
from ml.forecast_results order by target, series_key, model_name, kind, cutoff_date, period_days
"""
OTHER_SCORES = "select * from ml.customer_scores order by customer_id"


@pytest.fixture(scope="module")
def two_futures(new_warehouse, run_dbt, tmp_path_factory) -> dict[str, list[pd.DataFrame]]:
    """Snapshots of a day, its scores and its other scores, with the future as it was and with another one."""
    folder = tmp_path_factory.mktemp("shop")
    small = seeds_generator.Parameters(
        store=seeds_generator.find_store("harbour"), customers=300, products=40, orders=2_000, years=2,
        until=date(2025, 6, 30),
    )  # fmt: skip
    seeds_generator.write(small, folder)
    found = {}
    with new_warehouse() as warehouse:
        for name in ingestion.list_sources():
            ingestion.create(warehouse, ingestion.read_source(name))
        ingestion.load(warehouse, "shop", sorted(folder.glob("*.csv")))
        run_dbt(warehouse, "seed")
        for future in ("as it was", "corrupted"):
            if future == "corrupted":
                _execute(warehouse, CORRUPTED, "truncate ml.forecast_results, ml.customer_scores")
            run_dbt(warehouse, *MARTS)
            customers.run(warehouse, as_of=DAY)
            found[future] = [warehouse.read(query) for query in (SNAPSHOTS, SCORES, OTHER_SCORES)]
    return found


def _execute(warehouse: Warehouse, *scripts: str) -> None:
    with warehouse.connect() as connection:
        for script in scripts:
            connection.execute(script)


def test_features_of_a_day_are_not_changed_by_its_future_but_labels_are(two_futures):
    before, after = (found[0] for found in two_futures.values())
    labels = [column for column in before if column.startswith("label_")]

    pd.testing.assert_frame_equal(after.drop(columns=labels), before.drop(columns=labels))
    assert len(before) > 150
    assert (before["label_net_revenue_180_days"] != after["label_net_revenue_180_days"]).mean() > 0.2


def test_scores_of_a_day_are_not_changed_by_its_future(two_futures):
    (_, before, other_before), (_, after, other_after) = two_futures.values()

    pd.testing.assert_frame_equal(after, before)
    pd.testing.assert_frame_equal(other_after.drop(columns="created_at"), other_before.drop(columns="created_at"))
    assert {"clv", "churn"} == set(before.loc[before["kind"] == "live", "target"])
