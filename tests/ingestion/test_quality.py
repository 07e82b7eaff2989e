"""What the landing gate finds in raw tables, and what it says of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ingestion import check
from warehouse import DataError


def outcomes(results: dict, *but: str) -> set[str]:
    return {result.outcome for name, result in results.items() if name not in but}


def test_what_is_as_expected_meets_every_expectation_in_the_order_of_the_yaml(market, sell, gate):
    sell()
    results = gate()

    assert list(results) == [expectation.name for expectation in market.tables[0].expectations]
    assert outcomes(results) == {"met"}
    assert results["price_in_expected_range"].numbers == {"rows": 1400, "unexpected": 0, "unexpected_pct": 0}
    assert results["volume_is_usual"].observed == "north 2024-03-09: 20 rows came, 20 expected (7 to 41)"


def test_what_the_door_promises_fails_as_an_error_with_numbers_and_rows(sell, gate, run):
    sell()
    run('update raw_market.sales set amount = 99, sold_at = null where "no: {5%}" in (3, 7)')
    results = gate()

    for name in ("sold_at_is_filled", "amount_in_range"):
        assert results[name].outcome == "failed"
        assert results[name].numbers == {"rows": 1400, "unexpected": 2, "unexpected_pct": 0.1429}
    assert results["sold_at_is_filled"].observed == "2 of 1,400 rows (0.143 %) are null"
    assert sorted(results["amount_in_range"].examples) == [
        "shop north, no: {5%} 3, amount 99",
        "shop north, no: {5%} 7, amount 99",
    ]
    assert outcomes(results, "sold_at_is_filled", "amount_in_range", "amount_in_expected_range") == {"met"}


def test_keys_are_counted_only_where_no_unique_index_keeps_them(sell, gate, run):
    sell()
    run("alter table raw_market.sales drop constraint sales_pkey")
    run("drop index raw_market.sales_current_key")
    run('create index on raw_market.sales (shop, "no: {5%}")')
    assert gate()["key_is_unique"].is_met

    run('insert into raw_market.sales select * from raw_market.sales where "no: {5%}" < 2')
    run('insert into raw_market.sales select distinct * from raw_market.sales where "no: {5%}" = 1')
    found = gate()["key_is_unique"]

    assert found.outcome == "failed"
    assert found.observed == "3 of 1,403 rows repeat a key"
    assert found.examples == ("shop north, no: {5%} 1, 3 times", "shop north, no: {5%} 0, 2 times")


def test_versions_that_were_replaced_are_not_checked(sell, gate, run):
    sell()
    run("update raw_market.sales set amount = 99, sold_at = null, _replaced_by_load_id = 2 where _line < 3")
    run("drop index raw_market.sales_current_key")
    run(
        'insert into raw_market.sales (_load_id, _line, shop, "no: {5%}", sold_at, amount, price, status) '
        "select 2, _line, shop, \"no: {5%}\", timestamp '2024-01-01 12:00', 1, price, status "
        "from raw_market.sales where _line < 3"
    )
    results = gate()

    assert outcomes(results) == {"met"}
    assert results["amount_in_range"].numbers["rows"] == 1400
    assert results["key_is_unique"].observed == "0 of 1,400 rows repeat a key"


def test_a_table_without_current_rows_meets_every_expectation(sell, gate, run):
    sell()
    run("update raw_market.sales set amount = 99, _replaced_by_load_id = 2")

    assert {result.observed for result in gate().values()} == {"no rows"}


def test_what_is_merely_usual_warns_unless_the_yaml_says_error(sell, gate, run):
    sell()
    run("update raw_market.sales set amount = 7, price = 100, status = E'lost\\nin \\x1b the post' where _line < 10")
    results = gate()

    assert {name: result.outcome for name, result in results.items() if not result.is_met} == {
        "amount_in_expected_range": "warns",
        "price_in_expected_range": "failed",
        "status_in_domain": "warns",
    }
    assert results["status_in_domain"].examples[0].endswith("status lost in ? the post")
    assert len(results["status_in_domain"].examples) == 5


@pytest.mark.parametrize(("share", "outcome"), [(0.5, "met"), (0.7, "met"), (0.75, "warns"), (1, "warns")])
def test_a_share_of_nulls_up_to_what_is_declared_is_usual(sell, gate, run, share, outcome):
    sell()
    run(f"update raw_market.sales set status = null where _line < 1400 * {share}")
    found = gate()["status_is_mostly_filled"]

    assert found.outcome == outcome
    assert found.numbers["unexpected_pct"] == 100 * share


def test_a_column_without_any_value_is_not_taken_for_met(sell, gate, run):
    sell()
    run("update raw_market.sales set sold_at = null")

    assert gate()["sold_at_is_filled"].outcome == "failed"
    assert gate()["volume_is_usual"].observed == "no complete day has enough weeks behind it to be judged"


@pytest.mark.parametrize("days", [0, 1])
def test_a_store_with_no_rows_or_one_day_meets_every_expectation(sell, gate, days):
    sell(days=days)

    assert outcomes(gate()) == {"met"}


def test_great_expectations_is_not_imported_where_there_is_nothing_to_check(warehouse):
    program = (
        "import sys, ingestion, warehouse\n"
        "print(len(ingestion.check(warehouse.Warehouse.open(), ingestion.read_source('shop'))))\n"
        "print('great_expectations' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    count, is_imported = done.stdout.split()
    assert int(count) > 20
    assert is_imported == "False"


def test_a_table_that_lacks_a_declared_column_is_refused_with_the_remedy(market, sell, gate, run):
    sell()
    run("alter table raw_market.sales drop column status")

    with pytest.raises(DataError, match=r"raw_market.sales has no column status yet.*ingestion create market` adds it"):
        gate()


def test_unchanged_tables_keep_their_results_and_changed_ones_are_checked_anew(warehouse, market, sell, run):
    def results(only_when_changed: bool):
        with warehouse.connect() as connection:
            found = check(warehouse, market, only_when_changed)
            return found, connection.execute("select max(checked_at), count(*) from raw_market.checks").fetchone()

    sell()
    run("update raw_market.sales set amount = 7 where _line = 1")
    first, recorded = results(only_when_changed=True)
    again, recorded_again = results(only_when_changed=True)

    assert first == again
    assert recorded == recorded_again
    assert recorded[1] == len(first)
    assert results(only_when_changed=False)[1] != recorded

    run("update raw_market.sales set amount = 99 where _line = 1")
    changed = {result.expectation.name: result.outcome for result in results(only_when_changed=True)[0]}

    assert changed["amount_in_range"] == "failed"
