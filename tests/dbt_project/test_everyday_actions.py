"""Everyday actions leave every relation in place: single models, full refreshes, a build beside readers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

import ingestion
import seeds_generator
from tests.dbt_project.forecast_world import write_forecasts
from tests.dbt_project.test_incremental import checksums
from warehouse import REPOSITORY, Warehouse

UNTESTED = ("--exclude-resource-type", "test", "unit_test")
RELATIONS = """
select nspname || '.' || relname
from pg_class inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
where relkind in ('r', 'v') and nspname in ('staging', 'intermediate', 'marts', 'snapshots', 'reference')
"""


@pytest.fixture(scope="module")
def shop(new_warehouse, run_dbt, tmp_path_factory) -> Iterator[Warehouse]:
    """A small shop with forecasts, built once."""
    folder = tmp_path_factory.mktemp("shop")
    store = seeds_generator.find_store("harbour")
    seeds_generator.write(
        seeds_generator.Parameters(
            store=store, customers=100, products=30, orders=800, years=2, until=date(2025, 6, 30)
        ),
        folder,
    )
    with new_warehouse() as warehouse:
        for name in ingestion.list_sources():
            ingestion.create(warehouse, ingestion.read_source(name))
        ingestion.load(warehouse, "shop", sorted(folder.glob("*.csv")))
        write_forecasts(warehouse)
        run_dbt(warehouse, "build", "--exclude-resource-type", "unit_test", sources=["shop"])
        yield warehouse


def relations(warehouse: Warehouse) -> set[str]:
    return set(warehouse.read(RELATIONS).iloc[:, 0])


def models() -> list[str]:
    files = (REPOSITORY / "dbt_project" / "models").rglob("*.sql")
    return sorted(path.stem for path in files if path.parent.name not in ("online_retail", "olist"))


def test_every_model_runs_alone_and_every_relation_stays(shop, run_dbt):
    before, content = relations(shop), checksums(shop)
    commands = [["run", "--select", name] for name in models()]
    commands += [["run", "--full-refresh", "--select", "fct_order_lines"], ["seed", "--full-refresh"]]
    assert len(commands) > 60
    for arguments in commands:
        run_dbt(shop, *arguments, sources=["shop"])
        assert relations(shop) == before, arguments

    run_dbt(shop, "build", "--exclude-resource-type", "unit_test", sources=["shop"])
    assert checksums(shop) == content


def test_no_read_of_a_mart_fails_during_a_full_build(shop, run_dbt):
    marts = sorted(name for name in relations(shop) if name.startswith("marts."))
    failed: list[str] = []
    reads = 0
    is_over = threading.Event()

    def read() -> None:
        nonlocal reads
        with psycopg.connect(**shop.settings.connect_arguments, autocommit=True) as connection:
            while not is_over.is_set():
                for mart in marts:
                    try:
                        connection.execute(f"select count(*) from {mart}").fetchone()
                    except psycopg.Error as error:
                        failed.append(f"{mart}: {error}")
                    reads += 1

    reader = threading.Thread(target=read)
    reader.start()
    try:
        run_dbt(shop, "build", "--full-refresh", *UNTESTED, sources=["shop"])
    finally:
        is_over.set()
        reader.join()

    assert failed == []
    assert reads > len(marts)


def test_a_store_without_a_row_in_the_seed_leaves_a_green_build(shop, run_dbt):
    """Its raw rows, snapshots and forecasts stay; the marts hold nothing of it."""
    options = ("--exclude", "resource_type:seed", "resource_type:unit_test")
    with shop.connect() as connection:
        (row,) = connection.execute(
            "select to_json(t) from reference.stores as t where store_id = 'harbour'"
        ).fetchone()
        connection.execute("delete from reference.stores where store_id = 'harbour'")
    try:
        run_dbt(shop, "build", "--full-refresh", *options, sources=["shop"])

        assert shop.count_rows("marts", "fct_orders") == 0
        assert shop.count_rows("snapshots", "snap_daily_revenue") > 0
    finally:
        with shop.connect() as connection:
            insert = "insert into reference.stores select * from json_populate_record(null::reference.stores, %s)"
            connection.execute(insert, (json.dumps(row),))


def test_as_known_after_a_load_is_exact(shop, run_dbt, tmp_path):
    """After a later delivery changes orders, the state before it can be rebuilt row by row."""
    query = "select md5(string_agg(t::text, '|' order by t::text)) as hash from {}.fct_order_lines as t"
    options = ("--exclude", "source:ml+", *UNTESTED)
    run_dbt(shop, "build", *options, sources=["shop"])
    before = shop.read(query.format("marts"))["hash"].iloc[0]
    last = shop.read("select max(load_id) as load_id from raw_ingestion.loads")["load_id"].iloc[0]
    header = "store_id,order_id,customer_id,ordered_at,status,payment_method,total_amount,currency"
    rows = shop.read("select * from raw_shop.orders order by order_id limit 3")
    lines = [
        f"{row.store_id},{row.order_id},,{row.ordered_at:%Y-%m-%dT%H:%M:%SZ},cancelled,,{row.total_amount},EUR"
        for row in rows.itertuples()
    ]
    path = Path(tmp_path / "orders.csv")
    path.write_text("\n".join([header, *lines, ""]))
    ingestion.load(shop, "shop", [path])
    run_dbt(shop, "build", *options, sources=["shop"])
    assert shop.read(query.format("marts"))["hash"].iloc[0] != before

    run_dbt(shop, "build", *options, sources=["shop"], as_of_load=int(last))

    assert shop.read(query.format(f"marts_as_of_load_{last}"))["hash"].iloc[0] == before
