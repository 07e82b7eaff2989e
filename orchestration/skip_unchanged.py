"""Whether what a dbt step would build stands there already, so that a run which brings nothing new can leave it.

The mark of a build lies in the warehouse itself, as the comment of schema marts, and names what went in (the loaded
files, the predictions, the dbt project) and what came out (the relations by their number, which every rebuild
changes). It vanishes with the schema, and does not outlive a build by hand.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection

import dagster as dg
import psycopg
from psycopg import sql

from warehouse import REPOSITORY, Warehouse

LOADED = "select coalesce(string_agg(t::text, ' ' order by t.load_id), '') from raw_ingestion.loads as t"
PREDICTED = """
select string_agg(row_count::text || coalesce(created_at::text, ''), ' ' order by table_name)
from (
    select 'forecast_results' as table_name, count(*) as row_count, max(created_at) as created_at from
    ml.forecast_results
    union all
    select 'customer_scores', count(*), max(created_at) from ml.customer_scores
) as written
"""
CAME_OUT = """
select coalesce(string_agg(relations.oid::text, ' ' order by relations.oid), '')
from unnest(%s::text[], %s::text[]) as wanted (schema, name)
inner join pg_namespace as schemas on wanted.schema = schemas.nspname
inner join pg_class as relations on schemas.oid = relations.relnamespace and wanted.name = relations.relname
"""
MARKS = "select obj_description(to_regnamespace('marts'), 'pg_namespace')"


def is_built(warehouse: Warehouse, step: str, assets: Collection[dg.AssetKey]) -> bool:
    """Whether the relations of a step stand as the last build of the same inputs left them."""
    with warehouse.connect() as connection:
        return _marks(connection).get(step) == _fingerprint(connection, assets)


def has_build(warehouse: Warehouse, step: str) -> bool:
    """Whether a build of that step has ever ended in this database."""
    with warehouse.connect() as connection:
        return step in _marks(connection)


def mark_built(warehouse: Warehouse, step: str, assets: Collection[dg.AssetKey]) -> None:
    """Note what the relations of a step were built from."""
    with warehouse.connect() as connection:
        marks = _marks(connection) | {step: _fingerprint(connection, assets)}
        connection.execute(sql.SQL("comment on schema marts is {}").format(json.dumps(marks)))


def _marks(connection: psycopg.Connection) -> dict[str, str]:
    (comment,) = connection.execute(MARKS).fetchone()
    try:
        marks = json.loads(comment or "{}")
    except json.JSONDecodeError:  # a comment of another program
        return {}
    return marks if isinstance(marks, dict) else {}


def _fingerprint(connection: psycopg.Connection, assets: Collection[dg.AssetKey]) -> str:
    digest = hashlib.sha256(project_fingerprint().encode())
    digest.update(connection.execute(LOADED).fetchone()[0].encode())
    if any(asset.path[-1].startswith("stg_ml__") for asset in assets):
        digest.update(connection.execute(PREDICTED).fetchone()[0].encode())
    schemas, names = zip(*(asset.path for asset in assets), strict=True)
    digest.update(connection.execute(CAME_OUT, (list(schemas), list(names))).fetchone()[0].encode())
    return digest.hexdigest()


def project_fingerprint() -> str:
    """Hash of everything that dbt reads of the project: models, macros, seeds and settings."""
    digest = hashlib.sha256()
    for path in sorted([REPOSITORY / "dbt_project.yml", *(REPOSITORY / "dbt_project").rglob("*.*")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
