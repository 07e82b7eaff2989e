"""The project's rules, read off dbt's manifest and the folders; each fails when the rule is broken."""

from __future__ import annotations

import functools
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.dbt_project.conftest import SOURCES
from warehouse import REPOSITORY

MODELS = REPOSITORY / "dbt_project" / "models"
ENTITIES = ("customers", "products", "orders", "order_items", "order_adjustments")
LAYERS = ("staging", "intermediate", "marts", "snapshots")
LEDGER = "ingestion"  # the loader's ledger over all sources
MAY_READ = {
    "staging": {"source"},
    "intermediate": {"staging", "intermediate", "reference"},
    "marts": {"staging", "intermediate", "marts", "snapshots", "reference"},
    "snapshots": {"intermediate", "marts"},
}


@pytest.fixture(scope="module")
def manifest(profiles_dir, tmp_path_factory) -> dict:
    target = tmp_path_factory.mktemp("target")
    dbt = Path(sys.executable).with_name("dbt")
    sources = json.dumps({"sources": SOURCES})
    options = ["--quiet", "--target-path", target, "--profiles-dir", profiles_dir, "--vars", sources]
    subprocess.run([dbt, "parse", *options], cwd=REPOSITORY, check=True)
    return json.loads((target / "manifest.json").read_text())


@pytest.fixture(scope="module")
def models(manifest) -> dict[str, dict]:
    """Models and snapshots by name: the rules are the same for both."""
    return {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "snapshot")}


def layer(node: dict) -> str:
    of_their_own = {"source": "source", "seed": "reference", "snapshot": "snapshots"}
    return of_their_own.get(node["resource_type"]) or node["fqn"][1]


def parents(manifest: dict, model: dict) -> list[dict]:
    everything = manifest["nodes"] | manifest["sources"]
    return [everything[name] for name in model["depends_on"]["nodes"]]


def test_only_staging_reads_sources(models):
    for name, model in models.items():
        reads_source = any(parent.startswith("source.") for parent in model["depends_on"]["nodes"])
        assert not reads_source or name.startswith("stg_"), name


def test_every_layer_reads_only_what_it_may(manifest, models):
    for name, model in models.items():
        for parent in parents(manifest, model):
            assert layer(parent) in MAY_READ[layer(model)], f"{name} reads {parent['name']}"


def test_views_read_raw_tables_and_views_only(manifest, models):
    """Replacing a table drops the views on it, those outside of the selection too."""
    for name, model in models.items():
        if model["config"]["materialized"] != "view":
            continue
        for parent in parents(manifest, model):
            is_view = parent["resource_type"] == "source" or parent["config"].get("materialized") == "view"
            assert is_view, f"the view {name} reads {parent['name']}"


def test_staging_reads_tables_of_its_own_source_only(manifest, models):
    for name, model in models.items():
        if layer(model) == "staging":
            for parent in parents(manifest, model):
                assert parent["source_name"] == model["fqn"][2], f"{name} reads {parent['name']}"


def test_the_shape_of_the_lineage_keeps_its_limits(manifest, models):
    @functools.lru_cache(None)
    def level(unique_id: str) -> int:
        node = manifest["nodes"].get(unique_id)
        if node is None:
            return 0
        return 1 + max(map(level, node.get("depends_on", {}).get("nodes", [])), default=0)

    assert sum(model["resource_type"] == "model" for model in models.values()) <= 95
    assert sum(model["config"]["materialized"] == "incremental" for model in models.values()) <= 15
    assert max(level(model["unique_id"]) for model in models.values()) <= 10
    for name, model in models.items():
        assert model["raw_code"].count("\n") < 150, name


def test_every_incremental_model_has_a_unit_test_of_its_increment(manifest, models):
    tested = {
        test["model"]
        for test in manifest["unit_tests"].values()
        if ((test.get("overrides") or {}).get("macros") or {}).get("is_incremental") is True
    }
    for name, model in models.items():
        if model["config"]["materialized"] == "incremental":
            assert name in tested, name


def test_sources_that_no_store_uses_are_disabled(profiles_dir, tmp_path):
    dbt = Path(sys.executable).with_name("dbt")
    options = ["--quiet", "--target-path", tmp_path, "--profiles-dir", profiles_dir, "--vars", '{"sources": ["shop"]}']
    subprocess.run([dbt, "parse", *options], cwd=REPOSITORY, check=True)
    manifest = json.loads((tmp_path / "manifest.json").read_text())

    enabled = [name for name in (*manifest["nodes"], *manifest["sources"]) if not name.startswith("test.")]
    assert not [name for name in enabled if "olist" in name or "online_retail" in name]


def test_predictions_flow_one_way(manifest, models):
    """Models that read predictions live in two folders, and no model learns from them."""
    folders = {"ml", "predictions"}
    for name, model in models.items():
        reads_ml = any(
            (parent["resource_type"] == "source" and parent["source_name"] == "ml")
            or (parent["resource_type"] == "model" and parent["fqn"][2] in folders)
            for parent in parents(manifest, model)
        )
        assert not reads_ml or model["fqn"][2] in folders, name
    for path in (REPOSITORY / "ml").rglob("*.py"):
        assert not re.search(r"marts\.fct_forecast|staging\.stg_ml", path.read_text()), path


def test_the_schema_is_the_layer(models):
    for name, model in models.items():
        assert model["schema"] == layer(model), name
        assert layer(model) in LAYERS, name


def test_names_say_the_layer(models):
    prefixes = {
        "staging": ("stg_",),
        "intermediate": ("int_",),
        "marts": ("dim_", "fct_"),
        "snapshots": ("snap_",),
    }
    for name, model in models.items():
        assert name.startswith(prefixes[layer(model)]), name


def test_every_model_has_one_yaml_of_its_own_beside_it(models):
    for name, model in models.items():
        sql = REPOSITORY / model["original_file_path"]
        declared = yaml.safe_load(sql.with_suffix(".yml").read_text())[f"{model['resource_type']}s"]
        assert [entry["name"] for entry in declared] == [name]


def test_every_description_starts_with_the_grain(models):
    for name, model in models.items():
        assert model["description"].startswith("One row per "), name


def test_every_column_is_described_and_typed(models):
    for name, model in models.items():
        assert model["columns"], name
        for column in model["columns"].values():
            assert column["description"].strip(), f"{name}.{column['name']}"
            assert column["data_type"], f"{name}.{column['name']}"


def test_staging_and_marts_keep_a_contract(models):
    for name, model in models.items():
        if layer(model) in ("staging", "marts"):
            assert model["config"]["contract"]["enforced"], name


# every version or change of a row, or several rows of a flat file about one order
WITHOUT_A_KEY = {"int_order_changes", "int_customer_changes", "stg_online_retail__orders"}
# views whose rows are tested in staging and in the fact tables
TESTED_ELSEWHERE = {"int_order_items", "int_order_adjustments"}


def test_every_model_has_a_tested_key(manifest, models):
    tested = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "unique_together"
    }
    for name, model in models.items():
        assert model["unique_id"] in tested or name in WITHOUT_A_KEY | TESTED_ELSEWHERE, name


def test_every_mart_has_an_index_on_its_key(models):
    for name, model in models.items():
        if layer(model) == "marts" and model["config"]["materialized"] != "view":
            assert any(index.get("unique") for index in model["config"]["indexes"]), name


def test_store_id_is_the_first_column(models):
    without_a_store = {
        "dim_dates",
        "dim_metric_dates",
        "int_days_spined",
        "dim_countries",
        "int_country_spellings",
        # a file may hold rows of several stores
        "stg_ingestion__loads",
        "stg_ingestion__rejected_rows",
    }
    for name, model in models.items():
        assert next(iter(model["columns"])) == "store_id" or name in without_a_store, name


def test_every_source_has_the_five_staging_models_with_equal_columns(models):
    sources = [folder.name for folder in (MODELS / "staging").iterdir() if folder.name in SOURCES]
    for entity in ENTITIES:
        shapes = {
            source: [
                (column["name"], column["data_type"])
                for column in models[f"stg_{source}__{entity}"]["columns"].values()
            ]
            for source in sources
        }
        assert len({tuple(shape) for shape in shapes.values()}) == 1, f"{entity}: {shapes}"


def test_no_model_looks_at_the_clock_of_the_machine(models):
    for name, model in models.items():
        clock = re.search(r"\b(current_date|current_timestamp|now\s*\(|localtime|getdate)", model["raw_code"], re.I)
        assert not clock, name


def test_a_snapshot_lives_in_the_time_of_its_stores_and_a_rebuilt_past_writes_none(models):
    """dbt dates changes by updated_at, but what has gone, and what has no updated_at, by the clock of the machine."""
    for name, model in models.items():
        if layer(model) == "snapshots":
            assert model["config"]["updated_at"], name
            assert model["config"]["hard_deletes"] == "ignore", name
            assert "var('as_of_date')" in model["raw_code"], name


def test_a_mart_spells_its_columns_out(models):
    for name, model in models.items():
        if layer(model) == "marts":
            assert "final as (\n\n    select\n        " in model["raw_code"], name
            assert model["raw_code"].rstrip().endswith("select * from final"), name


def test_the_columns_of_the_yaml_stand_in_the_order_of_the_sql(models):
    for name, model in models.items():
        if layer(model) != "marts":
            continue
        final = model["raw_code"].split("final as (")[1].split("\n    from ")[0]
        named = re.findall(r"(?:\bas |^\s+(?:\w+\.)?)(\w+),?(?: -- .*)?$", final, re.M)
        listed = list(model["columns"])
        assert [column for column in named if column in listed] == listed, name


@pytest.mark.parametrize("folder", ["models", "snapshots", "tests"])
def test_engine_specific_sql_lives_in_macros(folder):
    """Nor is anything divided or averaged there: engines do so in different types."""
    functions = "age|array_agg|avg|date_part|date_trunc|datediff|dateadd|generate_series|strftime|string_agg|timezone"
    specific = re.compile(
        rf"::|\b({functions}|to_\w+|regexp_\w+|jsonb?_\w+|unnest|explode)\(|\bfilter \("
        r"|\b(distinct on|lateral|ilike|interval|at time zone|qualify|hugeint|timestamptz|jsonb)\b|~|\s//?\s|\bdiv\b",
        re.I,
    )
    files = sorted((MODELS.parent / folder).rglob("*.sql"))
    for path in files:
        # without comments, the words of the business, and Jinja
        code = re.sub(r"--.*|'[^'\n]*'|\{[{%#][\s\S]*?[#%}]\}", "", path.read_text())
        assert not specific.search(code), f"{path.name}: {specific.search(code)}"
    conditions = [
        condition
        for path in (MODELS.parent / folder).rglob("*.yml")
        for condition in re.findall(r"condition: (.*)", path.read_text())
    ]
    assert not any(specific.search(condition) for condition in conditions)
    assert files


def test_the_models_output_is_declared_as_its_ddl_makes_it(manifest, warehouse):
    sources = [source for source in manifest["sources"].values() if source["source_name"] == "ml"]
    made = warehouse.read(
        "select table_name, column_name from information_schema.columns "
        "where table_schema = 'ml' order by table_name, ordinal_position"
    )

    assert {source["name"]: list(source["columns"]) for source in sources} == {
        table: columns.tolist() for table, columns in made.groupby("table_name")["column_name"]
    }


def test_the_forecasts_are_exposed_with_the_marts_that_they_read(manifest):
    read = {
        name
        for path in (REPOSITORY / "ml" / "forecasting").glob("*.py")
        for name in re.findall(r"\bmarts\.(\w+)", path.read_text())
    }
    (exposure,) = [entry for entry in manifest["exposures"].values() if entry["name"] == "forecasts"]

    assert {node.split(".")[-1] for node in exposure["depends_on"]["nodes"]} == read


def test_every_exposure_has_an_owner_and_says_how_mature_it_is(manifest):
    for name, exposure in manifest["exposures"].items():
        assert all((exposure["owner"]["name"], exposure["maturity"], exposure["description"])), name


def test_there_is_no_dbt_package():
    assert not list(REPOSITORY.glob("packages.yml")) + list(REPOSITORY.glob("dependencies.yml"))


def test_the_readme_has_the_true_number_of_unit_tests(manifest):
    (written,) = re.findall(r"(\d+) unit tests", (REPOSITORY / "README.md").read_text())

    assert int(written) == len(manifest["unit_tests"])
