"""Corrupting all that came after a day, in the database, changes no forecast made on it; nor does hiding it."""

from __future__ import annotations

import pandas as pd
import pytest

from ml import forecasting

pytestmark = pytest.mark.usefixtures("few_cutoffs")

ROWS = """
select series_level, series_key, model_name, kind, cutoff_date, forecast_date, period_days, forecast,
    lower_80, upper_80, lower_95, upper_95, is_champion
from ml.forecast_results
order by series_level, series_key, model_name, kind, cutoff_date, forecast_date, period_days
"""
TABLES = {
    "fct_daily_revenue": "revenue_date",
    "fct_daily_revenue_by_category": "revenue_date",
    "fct_daily_revenue_by_country": "revenue_date",
    "fct_daily_revenue_by_product": "revenue_date",
}
PLANS = [
    ("harbour", "Spring", "promotion", "2022-04-01", "2022-04-07", "", "", 20.0),
    ("harbour", "Chairs", "promotion", "2022-05-01", "2022-05-07", "", "chair", 30.0),
    ("harbour", "Summer", "promotion", "2022-07-20", "2022-07-25", "Garden", "", 25.0),
]


def plan(warehouse) -> None:
    names = ["store_id", "event_name", "event_kind", "starts_on", "ends_on", "category", "product_id", "discount_pct"]
    frame = pd.DataFrame(PLANS, columns=names)
    frame[["starts_on", "ends_on"]] = frame[["starts_on", "ends_on"]].apply(pd.to_datetime)
    warehouse.replace("marts.dim_calendar_events", frame, None)


@pytest.mark.parametrize(
    "change", ["net_revenue = -1000000", "net_revenue = 1000000 * random()", "net_revenue = null", "deleted"]
)
def test_what_comes_after_the_day_changes_no_row(warehouse, deliver, history, kept, change):
    day = history.index[119]
    deliver(history[:150])
    plan(warehouse)
    forecasting.run(warehouse, as_of=day.date())
    before = warehouse.read(ROWS)
    with warehouse.connect() as connection:
        connection.execute("truncate ml.forecast_results, ml.forecast_runs")
        for table, column in TABLES.items():
            where = f"where {column} > '{day:%Y-%m-%d}'"
            statement = "delete from" if change == "deleted" else "update"
            what = "" if change == "deleted" else f"set {change}"
            connection.execute(f"{statement} marts.{table} {what} {where}")

    forecasting.run(warehouse, as_of=day.date())

    after = warehouse.read(ROWS)
    assert before["model_name"].nunique() > 12
    pd.testing.assert_frame_equal(after, before, check_exact=True)
