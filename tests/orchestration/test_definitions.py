"""The graph that Dagster is given."""

from __future__ import annotations

import dagster as dg
import pytest

import ingestion


@pytest.fixture(scope="module")
def graph(server, profiles_dir):
    """The asset graph; reading it needs dbt's manifest, which needs a profile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", server.url)
        from orchestration.definitions import defs

        yield defs.resolve_asset_graph()


def key(*path: str) -> dg.AssetKey:
    return dg.AssetKey(list(path))


def test_every_raw_table_model_and_prediction_is_an_asset_in_a_group(graph):
    expected = {
        key("landing", "shop"): "landing",
        key("shop", "orders"): "raw",
        key("staging", "stg_shop__orders"): "staging",
        key("intermediate", "int_orders"): "intermediate",
        key("marts", "fct_daily_revenue"): "marts",
        key("ml", "forecast_results"): "ml",
        key("marts", "fct_forecast_accuracy"): "predictions",
        key("reference", "stores"): "reference",
    }
    for asset, group in expected.items():
        assert graph.get(asset).group_name == group
    for name in ingestion.enabled_sources():
        for table in ingestion.read_source(name).tables:
            assert graph.get(key(name, table.name)).is_materializable


def test_every_asset_can_be_materialized_and_says_what_it_is(graph):
    ledger = {key("ingestion", "loads"), key("ingestion", "rejected_rows")}  # every load writes it
    for asset in graph.get_all_asset_keys() - ledger:
        node = graph.get(asset)
        assert node.is_materializable, asset
        assert node.kinds, asset
        assert node.description, asset


def test_the_chain_is_one_way_from_files_to_accuracy(graph):
    accuracy = graph.get_ancestor_asset_keys(key("marts", "fct_forecast_accuracy"))

    assert {key("landing", "shop"), key("shop", "orders"), key("ml", "forecast_results")} <= accuracy
    assert key("ml", "forecast_results") not in graph.get_ancestor_asset_keys(key("marts", "fct_daily_revenue"))


def test_dbt_tests_are_checks_of_their_assets(graph):
    checked = {check.asset_key for check in graph.asset_check_keys}

    assert {key("marts", "fct_orders"), key("staging", "stg_shop__orders"), key("shop", "orders")} <= checked


def test_one_job_runs_everything_and_one_all_but_the_generator(server):
    from orchestration.definitions import defs

    everything = defs.resolve_job_def("everything").asset_layer.executable_asset_keys
    refresh = defs.resolve_job_def("refresh").asset_layer.executable_asset_keys

    assert everything - refresh == {key("landing", "shop")}


def test_the_daily_schedule_is_off_until_somebody_switches_it_on(server):
    from orchestration.definitions import defs

    schedule = defs.resolve_schedule_def("refresh_every_morning")

    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
