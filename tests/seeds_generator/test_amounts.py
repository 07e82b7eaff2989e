"""Every cent adds up, and everything that is referred to is there."""

from __future__ import annotations

import pytest

KEYS = {
    "customers": "customer_id",
    "products": "product_id",
    "orders": "order_id",
    "order_items": "item_id",
    "order_adjustments": "adjustment_id",
}


@pytest.mark.parametrize("table", KEYS)
def test_keys_are_unique(frames, table):
    assert frames[table][KEYS[table]].is_unique


def test_references_lead_somewhere(frames):
    orders, items, adjustments = frames["orders"], frames["order_items"], frames["order_adjustments"]

    assert orders["customer_id"].dropna().isin(frames["customers"]["customer_id"]).all()
    assert set(items["order_id"]) == set(orders["order_id"])
    assert items["product_id"].isin(frames["products"]["product_id"]).all()
    assert adjustments["order_id"].isin(orders["order_id"]).all()
    with_line = adjustments.dropna(subset="item_id").merge(items, on="item_id", how="left", suffixes=("", "_of_line"))
    assert (with_line["order_id"] == with_line["order_id_of_line"]).all()


def test_an_order_holds_a_product_once(frames):
    assert not frames["order_items"].duplicated(["order_id", "product_id"]).any()


def test_a_line_costs_quantity_times_unit_price(frames):
    items = frames["order_items"]

    assert (items["total_price"] == items["quantity"] * items["unit_price"]).all()
    assert (items["quantity"] >= 1).all()


def test_an_order_charges_its_lines_and_what_was_added_when_ordering(frames):
    orders = frames["orders"].set_index("order_id")
    adjustments = frames["order_adjustments"]
    lines = frames["order_items"].groupby("order_id")["total_price"].sum()
    at_ordering = adjustments[adjustments["kind"] != "refund"].groupby("order_id")["amount"].sum()

    charged = lines.add(at_ordering, fill_value=0).astype("int64")
    assert (charged.loc[orders.index] == orders["total_amount"]).all()


def test_discounts_and_refunds_are_negative_and_shipping_is_positive(frames):
    amounts = frames["order_adjustments"].groupby("kind")["amount"]

    assert set(amounts.groups) == {"discount", "shipping", "refund"}
    assert amounts.max()["discount"] < 0
    assert amounts.max()["refund"] < 0
    assert amounts.min()["shipping"] > 0


def test_a_returned_order_gives_back_exactly_what_its_goods_cost(frames):
    adjustments = frames["order_adjustments"].pivot_table(
        index="order_id", columns="kind", values="amount", aggfunc="sum", fill_value=0
    )
    goods = frames["order_items"].groupby("order_id")["total_price"].sum() + adjustments["discount"].reindex(
        frames["orders"]["order_id"], fill_value=0
    )
    left = goods + adjustments["refund"].reindex(goods.index, fill_value=0)
    status = frames["orders"].set_index("order_id")["status"]

    assert (left[status == "returned"] == 0).all()
    assert (left[status != "returned"] > 0).all()


def test_some_refunds_are_of_a_line_and_some_of_the_order(frames):
    adjustments = frames["order_adjustments"]
    refunds = adjustments[adjustments["kind"] == "refund"]

    assert 0.2 < refunds["item_id"].isna().mean() < 0.8
    returned = frames["orders"].set_index("order_id")["status"].loc[refunds["order_id"]] == "returned"
    assert (returned.to_numpy() == refunds["item_id"].isna().to_numpy()).all()


def test_nothing_is_refunded_for_a_cancelled_order(frames):
    adjustments = frames["order_adjustments"].merge(frames["orders"][["order_id", "status"]], on="order_id")

    assert "refund" not in set(adjustments.loc[adjustments["status"] == "cancelled", "kind"])


def test_products_cost_less_than_they_are_sold_for(frames):
    products = frames["products"]

    assert (products["cost"] > 0).all()
    assert 0.35 < 1 - products["cost"].sum() / products["price"].sum() < 0.65
    assert (products["stock_quantity"] >= 0).all()
    assert products["product_name"].is_unique
