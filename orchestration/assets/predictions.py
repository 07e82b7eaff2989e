"""What the models write: dbt sources on one side, assets on the other."""

from collections.abc import Iterator

import dagster as dg
from dagster_dbt import get_asset_key_for_model
from pydantic import Field

from ml import customers, forecasting
from orchestration.assets.models import dbt_marts
from orchestration.pictures import embedded_figure
from orchestration.resources import WarehouseResource

FORECAST_RESULTS = dg.AssetKey(["ml", "forecast_results"])
# one run of the forecasts writes them all, and says what it wrote at the first of them
FORECAST_TABLES = {
    "forecast_results": "One row per store, target, series, model, kind, cutoff and predicted period.",
    "forecast_runs": "One row per run of a store's forecast that brought something new.",
    "forecast_scores": "One row per store, target, level, model, period length and bucket of lead time.",
    "forecast_series": "One row per store, series and cutoff: by what method it is forecast.",
    "forecast_effects": "One row per store, cutoff and day ahead: what the calendar does to the total.",
    "forecast_importance": "One row per store, learner and feature: what the learners went by at the last training.",
}
FORECAST_INPUTS = (
    "dim_stores",
    "dim_products",
    "dim_calendar_events",
    "fct_daily_revenue",
    "fct_daily_revenue_by_category",
    "fct_daily_revenue_by_country",
    "fct_daily_revenue_by_product",
)


class ForecastConfig(dg.Config):
    """From which days is forecast."""

    earlier_origin_days: int = Field(
        0, description="A store without a forecast is forecast as of so many days before, too; 0 is not at all."
    )


@dg.multi_asset(
    name="ml__forecast_results",
    group_name="ml",
    specs=[
        dg.AssetSpec(
            key=["ml", table],
            deps=[get_asset_key_for_model([dbt_marts], model) for model in FORECAST_INPUTS],
            description=description,
            kinds={"scikitlearn", "postgres"},
        )
        for table, description in FORECAST_TABLES.items()
    ],
)
def forecast_results(warehouse: WarehouseResource, config: ForecastConfig) -> Iterator[dg.MaterializeResult]:
    """What is forecast of every store, how good that was in the past, and what it follows from."""
    days = config.earlier_origin_days
    report = forecasting.run_from_two_origins(warehouse.open(), days) if days else forecasting.run(warehouse.open())
    metadata = {
        "dagster/row_count": report.row_count,
        "stores": dg.MetadataValue.md(report.markdown()),
        **{name: embedded_figure(figure) for name, figure in report.figures().items()},
    }
    for table in FORECAST_TABLES:
        yield dg.MaterializeResult(
            asset_key=["ml", table], metadata=metadata if table == FORECAST_RESULTS.path[-1] else {}
        )


@dg.asset(
    key=["ml", "customer_scores"],
    deps=[
        FORECAST_RESULTS,  # one table takes the rows of both, one after the other
        *(
            get_asset_key_for_model([dbt_marts], model)
            for model in ("dim_stores", "fct_orders", "fct_customer_rfm", "fct_customer_features")
        ),
    ],
    group_name="ml",
    kinds={"scikitlearn", "postgres"},
)
def customer_scores(warehouse: WarehouseResource) -> dg.MaterializeResult:
    """One row per store, customer and day as of which they were scored; values and chances of churn are forecast
    results."""
    report = customers.run(warehouse.open())
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": report.row_count,
            "stores": dg.MetadataValue.md(report.markdown()),
            **{name: embedded_figure(figure) for name, figure in report.figures().items()},
        }
    )
