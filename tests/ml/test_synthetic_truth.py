"""Forecasts against what only the maker of a synthetic shop knows; `python -m benchmarks.forecast_truth` prints all."""

import numpy as np
import pytest

from benchmarks.forecast_truth import judge, lifts
from benchmarks.synthetic_shops import make_shop

KINDS = ("boutique", "grocer", "wholesaler", "marketplace")


@pytest.fixture(scope="module")
def grocer():
    return make_shop("grocer")


def test_the_expected_revenue_of_the_days_ahead_is_met_within_the_stated_error(grocer):
    found = judge(grocer)

    assert found["rmse"] < found["stated_rmse"]
    assert found["wape_rate"] < found["stated_wape_rate"]
    assert abs(found["sum_ratio"] - 1.0) < found["stated_wape_rate"]
    assert found["in_95_rate"] >= 0.95


@pytest.mark.parametrize("kind", KINDS)
def test_lifts_of_campaigns_are_found_within_a_fifth(kind, grocer):
    found = lifts(grocer if kind == "grocer" else make_shop(kind))

    assert set(found["of"]) == {"products"}
    assert len(found) == 4
    assert np.abs(found["found"] / found["lift"] - 1.0).max() < 0.2
    assert found["lift"].min() > 1.5


def test_lifts_of_sales_of_the_whole_store_are_found_within_a_fifth():
    found = lifts(make_shop("outlet"))

    assert (found["of"] == "the store").sum() == 4
    assert np.abs(found["found"] / found["lift"] - 1.0).max() < 0.2
