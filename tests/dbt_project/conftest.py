"""dbt on a warehouse of the suite's own, and every kind of store built once for all tests that only read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt_common.behavior_flags import BehaviorFlagRendered

import ingestion
import seeds_generator
from tests.dbt_project.forecast_world import write_forecasts
from warehouse import REPOSITORY, Warehouse

# the real stores, by source: their files and folders beside the checkout
REAL_STORES = {"online_retail": ["online_retail/online_retail.csv.gz"], "olist": ["olist_sample"]}

SOURCES = ["shop", *REAL_STORES]

# a price in another locale, no key, too few fields
FAULTY_PRODUCTS = ['harbour,vase,Vase,Decor,Acme,"12,50",3,5', "harbour,,Vase,Decor,Acme,12.50,3,5", "harbour,vase"]


# Every warning is an error, but for those that dbt_project.yml silences.
SILENCED = yaml.safe_load((REPOSITORY / "dbt_project.yml").read_text())["flags"]["warn_error_options"]["silence"]
STRICT = ["--warn-error-options", json.dumps({"error": "all", "silence": SILENCED})]


@pytest.fixture(scope="session")
def run_dbt(profiles_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """``run_dbt(warehouse, "build", ..., as_of_load=2)``: dbt on that warehouse with these variables.

    Every warning is an error. With ``fails=True`` it must fail. Returns what it printed. It runs in this process: what
    dbt has parsed once it need not parse again.
    """
    target = tmp_path_factory.mktemp("target")
    options = [
        "--project-dir",
        REPOSITORY,
        "--profiles-dir",
        profiles_dir,
        "--target-path",
        target,
        "--log-path",
        target,
    ]
    parsed: dict[str, dict[str, Manifest]] = {}  # by warehouse, of which the last one is kept, and variables

    def run(warehouse: Warehouse, *arguments: str, fails: bool = False, **variables: object) -> str:
        values = json.dumps({"sources": SOURCES, **variables})
        printed: list[str] = []

        def invoke(*words: str, manifest: Manifest | None = None) -> dbtRunnerResult:
            runner = dbtRunner(manifest, callbacks=[lambda event: printed.append(event.info.msg)])
            return runner.invoke([*STRICT, "--no-write-json", *words, *map(str, options), "--vars", values])

        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", warehouse.settings.url)
            # it only names a caller, and reads the source of every frame for that: of pytest's, there are many
            patch.setattr(BehaviorFlagRendered, "_default_source", staticmethod(lambda: "tests"))
            if warehouse.settings.url not in parsed:
                parsed.clear()
            manifests = parsed.setdefault(warehouse.settings.url, {})
            if values not in manifests:
                manifests[values] = invoke("parse").result
            done = invoke(*arguments, manifest=manifests[values])
        said = "\n".join(printed)
        assert done.success != fails, f"{said[-5000:]}\n{done.exception or ''}"
        return said

    return run


@pytest.fixture(scope="session")
def built_stores(new_warehouse, real_file, run_dbt, tmp_path_factory) -> Iterator[Warehouse]:
    """A small synthetic shop of two years and the real stores side by side, built without a warning. Only read it.

    The forecasts of the shop are made up, so that the models below them have rows.
    """
    files = {source: [real_file(name) for name in names] for source, names in REAL_STORES.items()}
    folder = tmp_path_factory.mktemp("shop")
    store = seeds_generator.find_store("harbour")
    small = seeds_generator.Parameters(
        store=store, customers=300, products=60, orders=2_000, years=2, until=date(2025, 6, 30)
    )
    seeds_generator.write(small, folder)
    header, product, *_ = (folder / "products.csv").read_text().splitlines()
    (folder / "products_faulty.csv").write_text("\n".join([header, product, product, *FAULTY_PRODUCTS, ""]))
    with new_warehouse() as warehouse:
        for name in ingestion.list_sources():
            ingestion.create(warehouse, ingestion.read_source(name))
        for source, paths in {"shop": sorted(folder.glob("*.csv")), **files}.items():
            ingestion.load(warehouse, source, paths)
        write_forecasts(warehouse)
        run_dbt(warehouse, "build")
        yield warehouse


@pytest.fixture(scope="session")
def exact() -> Callable[[Warehouse, str], tuple]:
    """``exact(warehouse, query)``: the one row of a query, money as Decimal."""

    def read(warehouse: Warehouse, query: str) -> tuple:
        with warehouse.connect() as connection:
            return connection.execute(query).fetchone()

    return read
