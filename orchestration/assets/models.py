"""Every dbt seed, model and test of the project: what the models learn from, and what stands on their predictions."""

import shutil
from collections import Counter
from collections.abc import Iterator

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtCliResource, dbt_assets

from orchestration.resources import WarehouseResource, dbt_project
from warehouse import Warehouse

ON_PREDICTIONS = "source:ml+"
EVERY_TEST_IS_A_CHECK = DagsterDbtTranslator(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))


@dbt_assets(
    manifest=dbt_project.manifest_path,
    project=dbt_project,
    exclude=ON_PREDICTIONS,
    dagster_dbt_translator=EVERY_TEST_IS_A_CHECK,
)
def dbt_marts(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, warehouse: WarehouseResource
) -> Iterator[dg.Output | dg.AssetCheckResult]:
    """From raw tables to marts: built and tested; what a failing test guards is not built."""
    yield from _build(context, dbt, warehouse.open())


@dbt_assets(
    manifest=dbt_project.manifest_path,
    project=dbt_project,
    select=ON_PREDICTIONS,
    dagster_dbt_translator=EVERY_TEST_IS_A_CHECK,
)
def dbt_predictions(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, warehouse: WarehouseResource
) -> Iterator[dg.Output | dg.AssetCheckResult]:
    """From what the models wrote to how good it was."""
    yield from _build(context, dbt, warehouse.open())


def _build(context: dg.AssetExecutionContext, dbt: DbtCliResource, warehouse: Warehouse) -> Iterator:
    with warehouse.lock("dbt"):  # two builds at once would drop each other's tables
        invocation = dbt.cli(["build"], context=context)
        for event in invocation.stream():
            if isinstance(event, dg.Output):
                row_count = warehouse.count_rows(*context.asset_key_for_output(event.output_name).path)
                event = (
                    event
                    if row_count is None
                    else event.with_metadata({**event.metadata, "dagster/row_count": row_count})
                )
            yield event
    results = invocation.get_artifact("run_results.json")["results"]
    kinds = Counter(result["unique_id"].split(".")[0] for result in results)
    step = context.op_execution_context.op.name
    context.instance.add_run_tags(
        context.run_id,
        {
            f"{step}/models": str(kinds["model"] + kinds["seed"]),
            f"{step}/tests": str(kinds["test"] + kinds["unit_test"]),
        },
    )
    shutil.rmtree(invocation.target_path)  # a copy of the manifest per run; kept where the run failed
