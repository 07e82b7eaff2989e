"""The landing gate in Dagster: which checks there are, and which of them keep dbt from running."""

from __future__ import annotations

import dagster as dg
import pytest

import ingestion
from orchestration.checks import landing_gate
from orchestration.resources import WarehouseResource
from tests.ingestion.conftest import ITEMS, item

SHOP = ingestion.read_source("shop")
ITEM_KEY = dg.AssetKey(["shop", "order_items"])


@pytest.fixture
def run_gate(warehouse, tmp_path, monkeypatch):
    """``run_gate(statement)``: whether a run reached the models below the raw tables, and its checks by name."""
    path = tmp_path / "order_items.csv"
    path.write_text(ITEMS + item(1) + item(2))
    ingestion.load(warehouse, SHOP, [path])
    raw = [dg.AssetSpec([SHOP.name, table.name]) for table in SHOP.tables]

    @dg.multi_asset(specs=raw, name="raw")
    def raw_tables():
        for spec in raw:
            yield dg.MaterializeResult(asset_key=spec.key)

    @dg.asset(deps=[ITEM_KEY])
    def mart() -> None: ...

    definitions = dg.Definitions(
        assets=[raw_tables, mart],
        asset_checks=[landing_gate(SHOP)],
        jobs=[dg.define_asset_job("all", executor_def=dg.in_process_executor)],
        resources={"warehouse": WarehouseResource()},
    )

    def run(statement: str = "select"):
        with warehouse.connect() as connection:
            connection.execute(statement)
        result = definitions.resolve_job_def("all").execute_in_process(raise_on_error=False)
        evaluations = result.get_asset_check_evaluations()
        checks = {(e.asset_key, e.check_name): e for e in evaluations}
        assert len(checks) == len(evaluations) == sum(len(table.expectations) for table in SHOP.tables)
        reached = any(event.asset_key == dg.AssetKey("mart") for event in result.get_asset_materialization_events())
        return reached, {name: evaluation for (key, name), evaluation in checks.items() if key == ITEM_KEY}

    return run


def test_every_expectation_of_every_raw_table_is_a_check_and_errors_block():
    for name in ingestion.enabled_sources():
        source = ingestion.read_source(name)
        specs = {(spec.asset_key, spec.name): spec for spec in landing_gate(source).check_specs}

        assert len(specs) == sum(len(table.expectations) for table in source.tables)
        for table in source.tables:
            for expectation in table.expectations:
                spec = specs[dg.AssetKey([name, table.name]), expectation.name]
                assert spec.blocking == (expectation.severity == "error")
                assert spec.description == expectation.description


def test_dbt_waits_for_every_gate():
    from orchestration.assets.models import dbt_marts
    from orchestration.definitions import defs

    # Dagster would not block dbt by a check of a raw table that dbt checks, too
    assert not {check.asset_key.path[0] for check in dbt_marts.check_keys} & set(ingestion.enabled_sources())
    for job in ("everything", "refresh"):
        inputs = defs.resolve_job_def(job).graph.dependency_structure.input_to_upstream_outputs_for_node("dbt_marts")
        upstream = {output.node_name for outputs in inputs.values() for output in outputs}
        assert {f"check_{name}" for name in ingestion.enabled_sources()} <= upstream


def test_what_is_as_expected_lets_the_run_go_on_with_numbers_in_the_checks(run_gate):
    reached, checks = run_gate()

    assert reached
    assert set(checks) == {e.name for table in SHOP.tables if table.name == "order_items" for e in table.expectations}
    assert all(check.passed for check in checks.values())
    assert checks["quantity_in_range"].metadata["rows"].value == 2


def test_a_warning_lets_the_run_go_on(run_gate):
    reached, checks = run_gate("update raw_shop.order_items set quantity = 5000 where item_id = '1'")

    assert reached
    found = checks["quantity_in_expected_range"]
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert found.metadata["unexpected_pct"].value == 50
    assert found.metadata["examples"].value == "store_id a, item_id 1, quantity 5000.0000"


def test_an_error_stops_what_stands_on_the_table(run_gate):
    reached, checks = run_gate("update raw_shop.order_items set quantity = null where item_id = '1'")

    assert not reached
    found = checks["quantity_is_filled"]
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert found.description.startswith("1 of 2 rows (50 %) are null")
