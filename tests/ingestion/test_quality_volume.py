"""Days with fewer or more rows than their weekday usually has, as the landing gate sees them."""

from __future__ import annotations

import pytest

from tests.ingestion.conftest import MARKET_DAYS


@pytest.mark.parametrize(
    ("change", "day", "came"),
    [
        ("delete from raw_market.sales where sold_at::date = '2024-03-05' and _line % 10 <> 0", "2024-03-05", 2),
        ("delete from raw_market.sales where sold_at::date = '2024-03-09'", "2024-03-09", 0),
        ("update raw_market.sales set sold_at = '2024-03-08' where _line < 40", "2024-03-08", 60),
    ],
)
def test_a_day_with_a_tenth_of_the_usual_rows_none_or_thrice_as_many_warns_with_numbers(
    sell, gate, run, change, day, came
):
    sell()
    run(change)
    found = gate()["volume_is_usual"]

    assert found.outcome == "warns"
    assert found.observed.startswith(f"north {day}: {came} rows came, 20 expected (7 to 41)")
    assert (found.numbers["rows_came"], found.numbers["rows_expected"]) == (came, 20)
    assert (found.numbers["days_judged"], found.numbers["unexpected"]) == (7, 1)


def test_the_last_day_may_still_go_on_and_is_not_judged(sell, gate, run):
    sell()
    run("delete from raw_market.sales where sold_at::date = '2024-03-10' and _line % 20 <> 0")

    assert gate()["volume_is_usual"].is_met


def test_each_store_has_days_of_its_own(sell, gate, run):
    sell("north")
    sell("south", days=MARKET_DAYS - 20)
    assert gate()["volume_is_usual"].numbers["days_judged"] == 14

    run("delete from raw_market.sales where shop = 'south' and sold_at::date = '2024-02-15'")
    found = gate()["volume_is_usual"]

    assert found.observed == "south 2024-02-15: 0 rows came, 20 expected (7 to 41)"

    run("delete from raw_market.sales where sold_at::date between '2024-02-13' and '2024-02-18' and shop = 'south'")
    found = gate()["volume_is_usual"]

    assert found.observed.endswith("(and 5 more of 14 days)")
    assert (len(found.examples), found.numbers["unexpected"]) == (5, 6)


def test_no_day_is_judged_by_fewer_than_four_weeks(sell, gate):
    sell(days=4 * 7)
    assert gate()["volume_is_usual"].numbers["days_judged"] == 0

    sell("south", days=4 * 7 + 2)
    assert gate()["volume_is_usual"].numbers["days_judged"] == 1
