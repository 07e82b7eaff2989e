"""Shops of other sizes, places and times."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from seeds_generator import TABLES, Behaviour, Parameters, Store, find_store, generate, write
from seeds_generator.clock import iso_bytes, to_utc
from warehouse import UsageError

QUAY = Store("quay", "GBP", "Europe/London", "GB")


@pytest.mark.parametrize(
    "size",
    [
        {"customers": 0, "orders": 0, "products": 1},
        {"customers": 3, "orders": 0},
        {"customers": 0, "orders": 5},
        {"customers": 1, "orders": 1, "products": 1},
        {"customers": 1, "orders": 300, "products": 2},
        {"customers": 500, "orders": 20},
        {"customers": 2, "orders": 4_000},
    ],
    ids=str,
)
def test_small_and_lopsided_shops_have_what_was_asked(harbour, tmp_path, size):
    parameters = Parameters(store=harbour, **{"products": 5, "years": 1, **size})
    shop = generate(parameters)

    assert shop.customers.num_rows == parameters.customers
    assert shop.orders.num_rows == parameters.orders
    if parameters.orders:
        assert max(shop.orders["ordered_at"].to_pylist()).date() == parameters.until
    assert write(parameters, tmp_path).rows == {table: getattr(shop, table).num_rows for table in TABLES}


def test_a_british_store_lives_in_its_own_country_zone_and_currency():
    shop = generate(Parameters(store=QUAY, customers=400, products=50, orders=4_000, years=1))

    assert set(shop.orders["currency"].to_pylist()) == {"GBP"}
    assert set(shop.customers["country"].to_pylist()) == {"GB", "IE"}
    assert "Manchester" in shop.customers["city"].to_pylist()
    offsets = {moment.utcoffset().total_seconds() for moment in shop.orders["ordered_at"].to_pylist()}
    assert offsets == {0.0, 3600.0}


def test_two_stores_with_one_seed_are_two_shops(harbour):
    size = {"customers": 50, "products": 20, "orders": 200, "years": 1}
    twin = Store("twin", harbour.currency, harbour.time_zone, harbour.country_code)
    here, there = (generate(Parameters(store=store, **size)) for store in (harbour, twin))

    assert here.orders["ordered_at"] != there.orders["ordered_at"]


@pytest.mark.parametrize(
    ("until", "first"),
    [
        (date(2025, 12, 31), date(2023, 1, 1)),
        (date(2024, 2, 29), date(2021, 3, 1)),
        (date(2024, 2, 28), date(2021, 3, 1)),
        (date(2025, 6, 15), date(2022, 6, 16)),
    ],
)
def test_a_history_is_whole_years_long(harbour, until, first):
    assert Parameters(store=harbour, until=until).first_date == first


def test_a_country_without_places_is_refused():
    with pytest.raises(UsageError, match="'JP'; known: AT, BR, DE, FR, GB, IE, NL, US"):
        Parameters(store=Store("x", "JPY", "Asia/Tokyo", "JP"))


def test_an_id_that_would_need_quotes_is_refused():
    with pytest.raises(UsageError, match="letters, digits"):
        Store("a,b", "EUR", "Europe/Berlin", "DE")


def test_a_zone_that_does_not_exist_is_refused():
    with pytest.raises(UsageError, match="unknown time zone 'Europe/Atlantis'"):
        generate(Parameters(store=Store("x", "EUR", "Europe/Atlantis", "DE"), customers=1, orders=1))


def test_a_store_is_read_from_the_list_of_stores(tmp_path):
    stores = tmp_path / "stores.csv"
    stores.write_text(
        "store_id,source_name,store_name,currency,time_zone,country_code\n"
        "quay,shop,Quay,GBP,Europe/London,GB\nother,olist,Other,BRL,America/Sao_Paulo,BR\n"
    )

    assert find_store("quay", stores) == QUAY
    with pytest.raises(UsageError, match="known: quay"):
        find_store("other", stores)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata", "UTC"])
def test_times_are_those_of_the_zone_also_when_clocks_change(zone):
    wall = np.arange(np.datetime64("2024-01-01T00:00:00"), np.datetime64("2025-01-01"), np.timedelta64(37, "m"))
    utc = to_utc(wall.astype("datetime64[s]").astype(np.int64), zone)
    texts = iso_bytes(utc, zone).view("S25").ravel().astype(str)

    for moment, second, text in zip(wall.tolist(), utc.tolist(), texts.tolist(), strict=True):
        expected = moment.replace(tzinfo=ZoneInfo(zone))
        assert int(expected.timestamp()) == second
        assert text == expected.fromtimestamp(second, ZoneInfo(zone)).isoformat()


def test_the_hour_that_spring_skips_is_an_hour_later_on_the_same_day():
    skipped = np.array([np.datetime64("2024-03-31T02:30:00").astype(np.int64)])
    text = iso_bytes(to_utc(skipped, "Europe/Berlin"), "Europe/Berlin").tobytes()

    assert text == b"2024-03-31T03:30:00+02:00"


def test_orders_of_the_night_that_skips_an_hour_are_in_the_order_of_time(harbour):
    night_owls = Behaviour(hour_weights=(0, 1, 1, 1, *[0] * 20))
    shop = generate(Parameters(store=harbour, customers=200, products=9, orders=20_000, years=1, behaviour=night_owls))
    moments = shop.orders["ordered_at"].to_pylist()

    assert moments == sorted(moments)
    assert {moment.hour for moment in moments if moment.date() == date(2025, 3, 30)} == {1, 3}
