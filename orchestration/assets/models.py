"""Every dbt seed, model and test of the project: before the predictions and after them."""

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtCliResource, dbt_assets
from pydantic import Field

from orchestration.resources import WarehouseResource, dbt_project
from orchestration.skip_unchanged import has_build, is_built, mark_built, project_fingerprint
from warehouse import HOME, Warehouse

ON_PREDICTIONS = "source:ml+"
# Checks of raw assets are the landing gate's: Dagster lets no check keep those assets waiting that check its asset too.
TESTS_OF_MODELS = DagsterDbtTranslator(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=False))
EVERY_TEST = DagsterDbtTranslator(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))


class BuildConfig(dg.Config):
    """How much of a step is done."""

    only_when_changed: bool = Field(
        False, description="Skip the build when no file, prediction or model has changed since the last one."
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
        # unit tests are rules on fixed rows, which no data can break: `dbt build` and `make test` run them
        arguments = ["build", "--exclude-resource-type", "unit_test"]
        if step == "dbt_marts" and not (has_build(warehouse, step) and _state_folder(warehouse).exists()):
            arguments.append("--full-refresh")  # which rules the tables were built with is not known
        elif step == "dbt_marts":
            _refresh_changed_rules(dbt, warehouse)
        invocation = dbt.cli(arguments, context=context)
        for event in invocation.stream():
            if isinstance(event, dg.Output):
                asset = context.asset_key_for_output(event.output_name)
                event = event.with_metadata({**event.metadata, **_row_count(warehouse, asset)})
            yield event
        mark_built(warehouse, step, assets)
        if step == "dbt_marts" and assets >= dbt_marts.keys:
            _keep_state(warehouse, invocation.target_path / "manifest.json")
    results = invocation.get_artifact("run_results.json")["results"]
    kinds = Counter(result["unique_id"].split(".")[0] for result in results)
    tags = {"models": kinds["model"] + kinds["seed"] + kinds["snapshot"], "tests": kinds["test"]}
    context.instance.add_run_tags(context.run_id, {f"{step}/{name}": str(count) for name, count in tags.items()})
    shutil.rmtree(invocation.target_path)  # a copy of the manifest per run; kept where the run failed


def _refresh_changed_rules(dbt: DbtCliResource, warehouse: Warehouse) -> None:
    """Build models whose rules changed since the last build, and all below them, as a whole: ``state:modified+``."""
    state = _state_folder(warehouse)
    if (state / "fingerprint").read_text() == project_fingerprint():
        return
    changed = ["--select", "state:modified+", "--exclude", ON_PREDICTIONS, "--state", str(state)]
    without_tests = ["--exclude-resource-types", "test", "unit_test", "snapshot"]
    dbt.cli(["build", "--full-refresh", *changed, *without_tests]).wait()


def _keep_state(warehouse: Warehouse, manifest: Path) -> None:
    state = _state_folder(warehouse)
    state.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(manifest, state / "manifest.json")
    (state / "fingerprint").write_text(project_fingerprint())


def _state_folder(warehouse: Warehouse) -> Path:
    """Where the manifest of the last build of a warehouse is kept, for ``dbt build --state``."""
    place = f"{warehouse.settings.place}/{warehouse.settings.database}"
    return HOME / "dbt_state" / hashlib.sha256(place.encode()).hexdigest()[:12]


def _unchanged(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.Output | dg.AssetCheckResult]:
    """Outputs and passed checks of the last build, whose tests all passed."""
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
