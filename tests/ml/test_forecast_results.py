"""What a run leaves in the results, and what it leaves alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

from ml import forecasting
from warehouse import Warehouse

pytestmark = pytest.mark.usefixtures("few_cutoffs")

ALL = """
select * from ml.forecast_results
order by store_id, kind, cutoff_date, series_level, series_key, model_name, period_days, forecast_date
"""
TOTAL = {"series_level": "total", "period_days": 1}
MODELS = 12


def results(warehouse: Warehouse, **where: object) -> pd.DataFrame:
    rows = warehouse.read(ALL)
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return rows.reset_index(drop=True)


def test_every_prediction_is_a_row(warehouse, deliver, history):
    deliver(history[:180])

    report = forecasting.run(warehouse)

    rows, live = results(warehouse), results(warehouse, kind="live", **TOTAL)
    (store,) = report.stores
    assert len(rows) == report.row_count == store.rows_written
    assert len(live) == 90 * MODELS
    assert set(live["cutoff_date"]) == {history.index[179]}
    assert list(live["horizon_days"].unique()) == list(range(1, 91))
    assert set(rows["period_days"]) == {1, 7}
    assert set(rows["series_level"]) == {"total", "category", "country", "product"}
    assert ((rows["forecast_date"] - rows["cutoff_date"]).dt.days == rows["horizon_days"]).all()
    assert rows["run_id"].nunique() == rows["data_fingerprint"].nunique() == 1
    series = ["kind", "cutoff_date", "series_level", "series_key", "period_days", "forecast_date"]
    assert (rows.groupby(series)["is_champion"].sum() == 1).all()
    assert live.query("is_champion")["model_name"].unique() == [store.champion]
    past = results(warehouse, kind="backtest", **TOTAL)
    assert (past["forecast_date"] <= history.index[179]).all()
    assert past["cutoff_date"].nunique() == store.cutoff_count
    near = live["horizon_days"] <= 20
    assert live.loc[near, "lower_95"].notna().all(), "three past days are enough for a band"


def test_a_second_run_changes_no_row_and_works_nothing_out(warehouse, deliver, history):
    deliver(history[:45])
    first = forecasting.run(warehouse)
    before = results(warehouse)

    second = forecasting.run(warehouse)

    pd.testing.assert_frame_equal(results(warehouse), before)
    assert second.stores[0].is_reused
    assert second.stores[0].rows_written == 0
    assert second.stores[0].champion == first.stores[0].champion
    pd.testing.assert_frame_equal(second.stores[0].scores().sort_index(), first.stores[0].scores().sort_index())


def test_another_warehouse_says_the_same_to_the_last_digit(warehouse, new_warehouse, deliver, history):
    deliver(history[:45])
    forecasting.run(warehouse)
    first = results(warehouse)
    with warehouse.connect() as connection:
        connection.execute("truncate ml.forecast_results, ml.forecast_runs")

    forecasting.run(warehouse)

    pd.testing.assert_frame_equal(results(warehouse).drop(columns="created_at"), first.drop(columns="created_at"))


def test_a_new_day_leaves_the_live_rows_of_earlier_days_alone(warehouse, deliver, history):
    deliver(history[:45])
    forecasting.run(warehouse)
    yesterday = results(warehouse, kind="live")

    deliver(history[:46])
    forecasting.run(warehouse)

    live = results(warehouse, kind="live")
    pd.testing.assert_frame_equal(live[live["cutoff_date"] == history.index[44]], yesterday)
    assert set(live["cutoff_date"]) == {history.index[44], history.index[45]}
    assert results(warehouse, kind="backtest")["run_id"].nunique() == 1


def test_as_of_uses_nothing_later_and_repeats_the_run_of_that_day(warehouse, deliver, history):
    deliver(history[:45])
    forecasting.run(warehouse)
    that_day = results(warehouse)

    spoilt = history[:60].copy()
    spoilt.iloc[45:] = 123456.0
    deliver(spoilt)
    with warehouse.connect() as connection:
        connection.execute("truncate ml.forecast_results, ml.forecast_runs")
    forecasting.run(warehouse, as_of=history.index[44].date())

    pd.testing.assert_frame_equal(results(warehouse).drop(columns="created_at"), that_day.drop(columns="created_at"))


def test_as_of_an_earlier_day_leaves_the_latest_forecast_and_its_backtest_alone(warehouse, deliver, history):
    deliver(history[:45])
    forecasting.run(warehouse)
    before = results(warehouse)

    forecasting.run(warehouse, as_of=history.index[34].date())
    forecasting.run(warehouse, as_of=history.index[34].date())

    rows = results(warehouse)
    earlier = (rows["kind"] == "live") & (rows["cutoff_date"] == history.index[34])
    assert (earlier & (rows["series_level"] == "total") & (rows["period_days"] == 1)).sum() == 90 * MODELS
    pd.testing.assert_frame_equal(rows[~earlier].reset_index(drop=True), before)
    assert forecasting.run(warehouse).stores[0].is_reused


def test_a_restated_history_replaces_the_forecast_of_its_own_cutoff_only(warehouse, deliver, history):
    deliver(history[:44])
    forecasting.run(warehouse)
    deliver(history[:45])
    forecasting.run(warehouse)
    before = results(warehouse, kind="live")

    restated = history[:45].copy()
    restated.iloc[20] += 0.01
    deliver(restated)
    forecasting.run(warehouse)

    live = results(warehouse, kind="live")
    is_same_cutoff = live["cutoff_date"] == history.index[44]
    pd.testing.assert_frame_equal(live[~is_same_cutoff], before[~is_same_cutoff])
    assert set(live[is_same_cutoff]["data_fingerprint"]).isdisjoint(before["data_fingerprint"])
    assert len(live) == len(before)


def test_a_shorter_horizon_is_another_forecast_of_the_same_cutoff(warehouse, deliver, history):
    deliver(history[:60])
    forecasting.run(warehouse)

    forecasting.run(warehouse, horizon_days=7)

    assert len(results(warehouse, kind="live", **TOTAL)) == 7 * MODELS


def test_stores_stand_side_by_side(warehouse, deliver, history):
    deliver(history[:60])
    deliver(history[:40] / 10, store_id="pier", country_code="GB")
    forecasting.run(warehouse, stores=["harbour"])
    before = results(warehouse)

    report = forecasting.run(warehouse, stores=["pier"])

    assert [store.store_id for store in report.stores] == ["pier"]
    pd.testing.assert_frame_equal(results(warehouse, store_id="harbour"), before)
    of_pier, of_harbour = (results(warehouse, store_id=name, **TOTAL)["forecast"] for name in ("pier", "harbour"))
    assert of_pier.max() < of_harbour.min()


@pytest.mark.parametrize("days", [0, 1, 27])
def test_too_short_a_history_is_said_and_no_error(warehouse, deliver, history, days):
    deliver(history[:days])

    report = forecasting.run(warehouse)

    assert f"not enough history ({days} days" in report.text()
    assert "not enough history" in report.markdown()
    assert results(warehouse).empty
    assert report.figures() == {}


def test_a_history_of_zeros_is_said_and_no_error(warehouse, deliver, history):
    deliver(history[:60] * 0)

    assert "not enough history (only zeros" in forecasting.run(warehouse).text()


def test_two_runs_at_once_leave_what_one_leaves(warehouse, deliver, history):
    deliver(history[:50])

    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: forecasting.run(warehouse), range(2)))

    assert sorted(report.stores[0].is_reused for report in reports) == [False, True]
    assert len(results(warehouse)) == reports[0].row_count == reports[1].row_count
