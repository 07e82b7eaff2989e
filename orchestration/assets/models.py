"""Every dbt seed, model and test of the project: what the models learn from, and what stands on their predictions."""

import shutil
from collections import Counter
from collections.abc import Iterator

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtCliResource, dbt_assets
from pydantic import Field

from orchestration.built import is_built, mark_built
from orchestration.resources import WarehouseResource, dbt_project
from warehouse import Warehouse

ON_PREDICTIONS = "source:ml+"
# Checks of raw assets are the landing gate's: Dagster lets no check keep those assets waiting that check its asset too.
TESTS_OF_MODELS = DagsterDbtTranslator(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=False))
EVERY_TEST = DagsterDbtTranslator(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))


class BuildConfig(dg.Config):
    """How much of a step is done."""

    only_when_changed: bool = Field(
        False, description="Leave what stands there when no file, prediction or model has changed since it was built."
    )


@dbt_assets(
    manifest=dbt_project.manifest_path,
    project=dbt_project,
    exclude=ON_PREDICTIONS,
    dagster_dbt_translator=TESTS_OF_MODELS,
)
def dbt_marts(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, warehouse: WarehouseResource, config: BuildConfig
) -> Iterator[dg.Output | dg.AssetCheckResult]:
    """From raw tables to marts: built and tested; what a failing test guards is not built."""
    yield from _build(context, dbt, warehouse.open(), config)


@dbt_assets(
    manifest=dbt_project.manifest_path,
    project=dbt_project,
    select=ON_PREDICTIONS,
    dagster_dbt_translator=EVERY_TEST,
)
def dbt_predictions(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, warehouse: WarehouseResource, config: BuildConfig
) -> Iterator[dg.Output | dg.AssetCheckResult]:
    """From what the models wrote to how good it was."""
    yield from _build(context, dbt, warehouse.open(), config)


def _build(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, warehouse: Warehouse, config: BuildConfig
) -> Iterator[dg.Output | dg.AssetCheckResult]:
    step, assets = context.op_execution_context.op.name, context.selected_asset_keys
    with warehouse.lock("dbt"):  # two builds at once would drop each other's tables
        if config.only_when_changed and is_built(warehouse, step, assets):
            yield from _unchanged(context, warehouse)
            return
        # units are rules on fixed rows, which no data can break: `dbt build` and `make test` test them
        invocation = dbt.cli(["build", "--exclude-resource-type", "unit_test"], context=context)
        for event in invocation.stream():
            if isinstance(event, dg.Output):
                asset = context.asset_key_for_output(event.output_name)
                event = event.with_metadata({**event.metadata, **_row_count(warehouse, asset)})
            yield event
        mark_built(warehouse, step, assets)
    results = invocation.get_artifact("run_results.json")["results"]
    kinds = Counter(result["unique_id"].split(".")[0] for result in results)
    tags = {"models": kinds["model"] + kinds["seed"] + kinds["snapshot"], "tests": kinds["test"]}
    context.instance.add_run_tags(context.run_id, {f"{step}/{name}": str(count) for name, count in tags.items()})
    shutil.rmtree(invocation.target_path)  # a copy of the manifest per run; kept where the run failed


def _unchanged(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.Output | dg.AssetCheckResult]:
    """What stands there since the last build, all of whose tests passed."""
    for asset in context.job_def.asset_layer.asset_graph.toposorted_asset_keys:
        if asset in context.selected_asset_keys:
            output_name = context.assets_def.get_output_name_for_asset_key(asset)
            yield dg.Output(None, output_name, metadata={"is_unchanged": True, **_row_count(warehouse, asset)})
    for check in context.selected_asset_check_keys:
        yield dg.AssetCheckResult(
            passed=True, asset_key=check.asset_key, check_name=check.name, metadata={"is_unchanged": True}
        )


def _row_count(warehouse: Warehouse, asset: dg.AssetKey) -> dict[str, int]:
    """The rows of a table; nothing for a view. (dagster-dbt's own counting waits in a busy loop.)"""
    row_count = warehouse.count_rows(*asset.path)
    return {} if row_count is None else {"dagster/row_count": row_count}
