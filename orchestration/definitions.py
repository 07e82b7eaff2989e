"""Everything that Dagster is told."""

from __future__ import annotations

import dagster as dg

from orchestration.assets.models import dbt_marts, dbt_predictions
from orchestration.assets.predictions import customer_scores, forecast_results
from orchestration.assets.raw import raw_assets, shop_files
from orchestration.checks import landing_gates
from orchestration.progress import progress_logger
from orchestration.resources import WarehouseResource, dbt

everything = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.all(),
    description="From an empty database to scored forecasts, the synthetic shop included.",
    # one process for all steps: imports would take longer than the work
    executor_def=dg.in_process_executor,
)
refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(shop_files),
    description="Load what has landed, check it, rebuild and test the marts, forecast, score the forecasts.",
    executor_def=dg.in_process_executor,
)
every_morning = dg.ScheduleDefinition(
    name="refresh_every_morning",
    job=refresh,
    cron_schedule="0 5 * * *",
    description="Switched off until you switch it on.",
)

defs = dg.Definitions(
    assets=[shop_files, *raw_assets, dbt_marts, forecast_results, customer_scores, dbt_predictions],
    asset_checks=landing_gates,
    jobs=[everything, refresh],
    schedules=[every_morning],
    resources={"dbt": dbt, "warehouse": WarehouseResource()},
    loggers={"progress": progress_logger},
)
