"""Forecasts beside what happened, how good they were, and why they change: on a store whose numbers are known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

import ingestion
from tests.dbt_project import forecast_world as world
from warehouse import Warehouse

MARTS = (
    "fct_forecasts",
    "fct_forecast_accuracy",
    "fct_feature_importance",
    "fct_forecast_scores",
    "fct_forecast_runs",
    "fct_forecast_changes",
    "fct_forecast_explanations",
    "dim_forecast_series",
)
# the promise that each must break, by the name of its test
BROKEN = {
    "no_forecast_is_below_zero": "forecast = -1 where series_key = 'FR' and model_name = 'weekday_mean'",
    "published_parts_add_up_to_the_whole": "forecast = forecast + 0.01 where series_key = 'b' and is_champion",
    "live_bands_hold_what_they_promise": "upper_80 = forecast + 1, lower_80 = forecast - 1 where lower_80 is not null",
}


@pytest.fixture(scope="module")
def built(new_warehouse, run_dbt, tmp_path_factory) -> Iterator[Warehouse]:
    """The store and its forecasts, built up to the marts on top, whose tests all pass without a warning."""
    with new_warehouse() as warehouse:
        for name in ingestion.list_sources():
            ingestion.create(warehouse, ingestion.read_source(name))
        ingestion.load(warehouse, "shop", world.files(tmp_path_factory.mktemp("shop")))
        world.write_forecasts(warehouse)
        untested = ("--exclude-resource-type", "test", "unit_test")
        run_dbt(warehouse, "build", *untested, "--select", *(f"+{mart}" for mart in MARTS))
        cautious = ("--indirect-selection", "cautious", "--exclude-resource-type", "unit_test")
        run_dbt(warehouse, "test", "--select", *MARTS, "stg_ml__forecast_series", *BROKEN, *cautious)
        yield warehouse


def test_every_level_stands_beside_its_own_sales_once_its_day_or_week_is_over(built):
    rows = built.read("select * from marts.fct_forecasts")
    said = rows[rows["series_key"] != world.REST]
    is_over = said["forecast_date"].dt.date <= world.AS_OF_DATE

    expected = [
        sum(world.sales(level, key, day) for day in world.days_of(last.date(), period_days))
        for level, key, last, period_days in said.loc[
            is_over, ["series_level", "series_key", "forecast_date", "period_days"]
        ].itertuples(index=False)
    ]
    assert said.loc[is_over, "actual_amount"].tolist() == expected
    assert said["is_scored"].tolist() == is_over.tolist()
    assert set(said.loc[is_over, "series_level"]) == set(world.PUBLISHED)
    assert set(said.loc[is_over, "period_days"]) == {1, 7}
    assert 0 in said.loc[is_over & (said["series_key"] == "b"), "actual_amount"].tolist()


def test_what_is_left_of_a_category_is_forecast_but_not_scored(built):
    rows = built.read(f"select is_scored, actual_amount from marts.fct_forecasts where series_key = '{world.REST}'")

    assert len(rows) > 0
    assert not rows["is_scored"].any()
    assert rows["actual_amount"].isna().all()


def test_products_are_judged_together_beside_the_weekday_mean(built, exact):
    keys = built.read("select distinct series_key from marts.fct_forecast_accuracy where series_level = 'product'")
    query = (
        "select mae, forecast_count, weekday_mean_mae, mae_to_seasonal_naive_ratio "
        "from marts.fct_forecast_accuracy where series_level = 'product' and model_name = '{}' and period_days = 1 "
        "and lead_days_bucket = 'all'"
    )
    mae, forecast_count, weekday_mean_mae, ratio = exact(built, query.format("published"))

    # a is forecast one too high; b, of which 0 or 6 is sold, is three off on every day: 28, 19 and 12 days are over
    assert keys["series_key"].tolist() == ["(all products)"]
    assert (mae, forecast_count) == (2, 2 * (28 + 19 + 12))
    assert weekday_mean_mae == exact(built, query.format("weekday_mean"))[0] > mae
    assert float(ratio) == pytest.approx(float(mae / exact(built, query.format("seasonal_naive"))[0]), abs=1e-5)


def test_bands_have_their_width_beside_what_they_cover(built, exact):
    row = exact(
        built,
        "select coverage_80_rate, coverage_95_rate, mean_width_80, mean_width_95 from marts.fct_forecast_accuracy "
        "where series_level = 'total' and model_name = 'published' and kind = 'live' and period_days = 1 "
        "and lead_days_bucket = '001-007'",
    )

    assert 0.75 < row[0] < 0.85
    assert row[1:] == (1, 20, 60)


def test_the_latest_forecast_says_in_words_why_it_is_another_than_a_week_ago(built, exact):
    (said,) = exact(built, "select explanation from marts.fct_forecast_explanations")

    assert said == (
        "The forecast for 2025-02-17 to 2025-03-23 is 18 EUR (2.9 %) higher than that of 2025-02-09: "
        "-70 EUR for what was sold since, 18 EUR for promotions, "
        "70 EUR because another model is published (combination instead of theta)."
    )


def test_the_amounts_of_a_day_add_up_to_its_change(built, exact):
    day = exact(
        built,
        "select change_amount, other_model_amount, promotion_amount, calendar_amount, new_data_amount "
        f"from marts.fct_forecast_changes where forecast_date = '{world.PROMOTED_DAY}'",
    )
    first, last, day_count = exact(
        built, "select min(forecast_date), max(forecast_date), count(*) from marts.fct_forecast_changes"
    )

    assert day == (18, 2, 18, 0, -2)
    assert (first, last, day_count) == (date(2025, 2, 17), date(2025, 3, 23), 35)


def test_a_series_that_is_not_forecast_by_itself_says_why_and_where_it_is_counted(built, exact):
    row = exact(
        built,
        "select is_forecast, forecast_key, explanation, cutoff_date from marts.dim_forecast_series "
        "where series_level = 'product' and series_key = 'c'",
    )

    assert row == (
        False,
        world.REST,
        f"Not forecast by itself, part of {world.REST}: not among the 2 products that sold most.",
        world.CUTOFFS[-1],
    )


def test_the_registry_and_the_scores_of_the_backtest_are_marts(built, exact):
    run = exact(built, "select kind, training_age_days, parameters from marts.fct_forecast_runs")
    feature = exact(
        built,
        "select importance_rate, mean_importance_rate from marts.fct_feature_importance "
        "where model_name = 'random_forest'",
    )
    score = exact(
        built,
        "select rmse, weekday_mean_rmse, mase, coverage_80_rate, mean_width_95 from marts.fct_forecast_scores "
        "where model_name = 'published'",
    )

    assert run == ("predict", 7, '{"champions": {"total": "combination"}}')
    assert [float(number) for number in feature] == [0.25, 0.5]
    assert [float(number) for number in score] == [2.5, 3.5, 0.5, 0.8, 8.0]


def test_a_promise_that_is_broken_is_named_by_its_test(built, run_dbt):
    with built.connect() as connection:
        connection.execute("create table kept as table marts.fct_forecasts")
        for change in BROKEN.values():
            connection.execute(f"update marts.fct_forecasts set {change}")
    said = run_dbt(built, "test", "--select", *BROKEN, fails=True)
    with built.connect() as connection:
        connection.execute("truncate marts.fct_forecasts")
        connection.execute("insert into marts.fct_forecasts table kept")

    assert set(re.findall(r"(?:FAIL|WARN|ERROR) \d+ (\w+) \.", re.sub(r"\x1b\[\d*m", "", said))) == set(BROKEN)
