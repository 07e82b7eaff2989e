"""The calendar of events is edited by hand, so each slip is named by a test of its own."""

from __future__ import annotations

import re

# the test that must name it, and the row of the seed
SLIPS = {
    "have_a_store_a_name_a_kind_and_a_first_day": "('harbour', ' ', 'closure', '2026-01-02', '2026-01-02')",
    "are_promotions_closures_or_prices": "('harbour', 'Kind', 'sale', '2026-01-03', '2026-01-03')",
    "have_a_last_day_unless_they_are_prices": "('harbour', 'Open', 'closure', '2026-01-04', null)",
    "that_are_closures_have_no_discount": "('harbour', 'Shut', 'closure', '2026-01-05', '2026-01-05', null, null, 5)",
    "that_are_closures_are_of_the_whole_store": "('harbour', 'Aisle', 'closure', '2026-01-12', '2026-01-12', 'toys')",
    "that_are_promotions_have_a_discount_of_0_to_100_pct": (
        "('harbour', 'Blank', 'promotion', '2026-01-06', '2026-01-06')"
    ),
    "that_are_prices_have_a_discount_of_at_most_100_pct": (
        "('harbour', 'Free', 'price', '2026-01-07', null, null, null, 101)"
    ),
    "start_on_a_day_written_yyyy_mm_dd": "('harbour', 'First', 'closure', '01/02/2026', '2026-02-01')",
    "end_on_a_day_written_yyyy_mm_dd": "('harbour', 'Last', 'closure', '2026-02-28', '2026-02-30')",
    "are_of_stores_in_the_list_of_stores": "('harbor', 'Store', 'closure', '2026-01-08', '2026-01-08')",
    "end_no_earlier_than_they_start": "('harbour', 'Back', 'closure', '2026-01-09', '2026-01-08')",
}
RIGHT = [
    "('olist', 'Dearer', 'price', '2026-01-10', null, 'toys', null, -12.5)",
    "('harbour', 'Lamp', 'Promotion ', '2026-01-11', '2026-01-11 ', ' ', ' P0001', 100)",
]


def add(warehouse, rows: list[str]) -> None:
    with warehouse.connect() as connection:
        for row in rows:
            connection.execute(f"insert into reference.calendar_events values {row}")


def test_every_slip_is_named_by_a_test_of_its_own_and_what_is_right_by_none(warehouse, run_dbt):
    untested = ("--exclude-resource-type", "test", "unit_test")
    run_dbt(warehouse, "build", "--select", "stores", "+dim_calendar_events", *untested)
    add(warehouse, [*SLIPS.values(), *RIGHT])
    run_dbt(warehouse, "run", "--select", "dim_calendar_events")
    # after the mart, whose index would refuse it before a test can name it
    add(warehouse, ["('harbour', ' Kind', 'closure', '2026-01-03', '2026-01-09', '', ' ')"])
    tested = ("stores", "int_days_spined", "calendar_events", "dim_calendar_events")
    only = ("--indirect-selection", "cautious", "--exclude-resource-type", "unit_test")
    said = run_dbt(warehouse, "test", "--select", *tested, *only, fails=True)

    found = re.findall(r"FAIL (\d+) calendar_events_(\w+)", re.sub(r"\x1b\[\d*m", "", said))
    assert {name: count for count, name in found} == dict.fromkeys([*SLIPS, "are_listed_once"], "1")
