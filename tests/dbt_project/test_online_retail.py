"""The real store, from its flat file to a published forecast: sums to the cent, each line where it belongs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ml import forecasting
from warehouse import Warehouse


@pytest.fixture(scope="module")
def store(built_stores) -> Warehouse:
    return built_stores


@pytest.fixture(scope="module")
def forecast(built_stores, run_dbt) -> Warehouse:
    """The same, with forecasts of the real store."""
    forecasting.run(built_stores, ["online_retail"])
    run_dbt(built_stores, "build", "--select", "source:ml+")
    return built_stores


def test_the_raw_sums_are_those_of_the_file(store, exact):
    total, positive, with_customer = exact(
        store,
        """
        select
            round(sum(quantity * unitprice), 2),
            round(sum(quantity * unitprice) filter (where quantity * unitprice > 0), 2),
            round(sum(quantity * unitprice) filter (where quantity * unitprice > 0 and customerid is not null), 2)
        from raw_online_retail.online_retail
        """,
    )

    assert total == Decimal("9747747.93")
    assert positive == Decimal("10666684.54")
    assert with_customer == Decimal("8911407.90")


@pytest.mark.parametrize(
    ("line_type", "reason", "count"),
    [
        ("goods", "null", 527_233),
        ("return", "null", 8_145),
        ("fee", "null", 2_832),
        ("discount", "null", 77),
        ("excluded", "'bad_debt'", 3),
        ("excluded", "'cancelled_same_day'", 1_118),
        ("excluded", "'write_off'", 1_336),
        ("excluded", "'free_of_charge'", 1_165),
    ],
)
def test_every_kind_of_line_is_told(store, exact, line_type, reason, count):
    (found,) = exact(
        store,
        "select count(*) from marts.fct_order_lines "
        f"where store_id = 'online_retail' and line_type = '{line_type}' "
        f"and excluded_reason is not distinct from {reason}",
    )

    assert found == count


def test_every_cent_of_the_file_is_in_a_mart(store, exact):
    (counted,) = exact(
        store,
        "select sum(gross_amount - discount_amount - return_amount + fee_amount + excluded_amount) "
        "from marts.fct_order_lines where store_id = 'online_retail'",
    )

    assert round(counted, 2) == Decimal("9747747.93")


def test_guests_are_counted_as_such(store, exact):
    (guest_lines,) = exact(
        store, "select count(*) from marts.fct_order_lines where store_id = 'online_retail' and customer_id is null"
    )
    (customers,) = exact(store, "select count(*) from marts.dim_customers where store_id = 'online_retail'")

    assert guest_lines == 135_080
    assert customers == 4_372


def test_closed_saturdays_are_zeros_and_the_unfinished_last_day_is_left_out(store, exact):
    saturdays, sold, last = exact(
        store,
        """
        select
            count(*) filter (where extract(isodow from revenue_date) = 6),
            sum(abs(net_revenue)) filter (where extract(isodow from revenue_date) = 6),
            max(revenue_date)::text
        from marts.fct_daily_revenue
        where store_id = 'online_retail'
        """,
    )

    assert saturdays == 53
    assert sold == 0
    assert last == "2011-12-08"


def test_an_order_cancelled_on_its_day_makes_no_day_look_busy(store, exact):
    """The order of 168,470 GBP and its cancellation twelve minutes later count nowhere."""
    reasons, counted = exact(
        store,
        "select array_agg(distinct excluded_reason), sum(gross_amount + return_amount) from marts.fct_order_lines "
        "where store_id = 'online_retail' and order_id in ('581483', 'C581484')",
    )
    (sales,) = exact(store, "select count(*) from marts.fct_orders where order_id = '581483' and is_sale")

    assert reasons == ["cancelled_same_day"]
    assert counted == sales == 0


def test_every_day_ties_with_what_was_delivered(store, exact):
    raw, difference = exact(
        store,
        "select round(sum(raw_amount), 2), sum(abs(difference_amount)) from marts.fct_revenue_reconciliation "
        "where store_id = 'online_retail'",
    )

    assert raw == Decimal("9747747.93")
    assert difference == 0


def test_every_buyer_falls_in_one_of_the_six_segments(store, exact):
    buyers, segments = exact(
        store,
        "select count(*), count(distinct rfm_segment) from marts.fct_customer_rfm where store_id = 'online_retail'",
    )
    (expected,) = exact(
        store, "select count(*) from marts.dim_customers where store_id = 'online_retail' and total_orders > 0"
    )

    assert buyers == expected
    assert segments == 6


def test_what_is_published_beats_both_baselines(forecast, exact):
    rmse, wape, naive_rmse, naive_wape, mean_rmse, mean_wape = exact(
        forecast,
        """
        select
            rmse, wape_rate, seasonal_naive_rmse, seasonal_naive_wape_rate, weekday_mean_rmse, weekday_mean_wape_rate
        from marts.fct_forecast_accuracy
        where
            store_id = 'online_retail' and kind = 'backtest' and model_name = 'published' and lead_days_bucket = 'all'
            and series_level = 'total' and period_days = 1
        """,
    )

    assert rmse < min(naive_rmse, mean_rmse)
    assert wape < min(naive_wape, mean_wape)


def test_closed_days_are_forecast_as_closed(forecast, exact):
    (most,) = exact(
        forecast,
        "select max(forecast) from ml.forecast_results "
        "where store_id = 'online_retail' and kind = 'live' and is_champion and extract(isodow from forecast_date) = 6",
    )

    assert most < 500  # an open day brings about 30,000


def test_a_past_day_is_rebuilt_beside_the_live_marts_to_the_cent(store, exact, run_dbt):
    """With as_of_date nothing later is counted; live marts and snapshots stay as they are."""
    revenue = (
        "select sum(net_revenue) from {}.fct_daily_revenue "
        "where store_id = 'online_retail' and revenue_date <= '2011-06-30'"
    )
    scores = (
        "select md5(string_agg((customer_id, recency_days, frequency_count, monetary_amount, rfm_segment)::text, ' ' "
        "order by customer_id)) from {} where store_id = 'online_retail'"
    )
    live = (
        "select (select count(*) from marts.fct_daily_revenue), (select md5(string_agg(state::text, ' ' "
        "order by state::text)) from snapshots.snap_customer_segments as state)"
    )
    live_before = exact(store, live)

    run_dbt(store, "build", "--exclude", "source:ml+", "resource_type:unit_test", as_of_date="2011-06-30")

    past = "marts_as_of_2011_06_30"
    assert exact(store, revenue.format(past)) == exact(store, revenue.format("marts"))
    assert exact(store, scores.format(f"{past}.fct_customer_rfm")) == exact(
        store, scores.format("marts.fct_customer_rfm_monthly") + " and month_end_date = '2011-06-30'"
    )
    assert exact(store, live) == live_before
    assert (
        exact(
            store,
            f"select (select max(order_date)::text from {past}.fct_orders where store_id = 'online_retail'), "
            f"(select max(revenue_date)::text from {past}.fct_daily_revenue where store_id = 'online_retail'), "
            f"as_of_date::text from {past}.dim_stores where store_id = 'online_retail'",
        )
        == ("2011-06-30",) * 3
    )
