"""What the models write: dbt sources on one side, assets on the other."""

import dagster as dg
from dagster_dbt import get_asset_key_for_model

from ml import customers, forecasting
from orchestration.assets.models import dbt_marts
from orchestration.pictures import embedded_figure
from orchestration.resources import WarehouseResource


@dg.asset(
    key=["ml", "forecast_results"],
    deps=[
        get_asset_key_for_model([dbt_marts], model)
        for model in (
            "dim_stores",
            "dim_products",
            "dim_calendar_events",
            "fct_daily_revenue",
            "fct_daily_revenue_by_category",
            "fct_daily_revenue_by_country",
            "fct_daily_revenue_by_product",
        )
    ],
    group_name="ml",
    kinds={"scikitlearn", "postgres"},
)
def forecast_results(warehouse: WarehouseResource) -> dg.MaterializeResult:
    """One row per store, target, series, model, kind, cutoff and predicted period."""
    report = forecasting.run(warehouse.open())
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": report.row_count,
            "stores": dg.MetadataValue.md(report.markdown()),
            **{name: embedded_figure(figure) for name, figure in report.figures().items()},
        }
    )


@dg.asset(
    key=["ml", "customer_scores"],
    deps=[
        forecast_results,  # one table takes the rows of both, one after the other
        *(
            get_asset_key_for_model([dbt_marts], model)
            for model in ("dim_stores", "fct_orders", "fct_customer_rfm", "fct_customer_snapshots")
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
