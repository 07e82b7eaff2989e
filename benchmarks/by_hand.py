"""The statements that dbt ran, run once more by hand: one session, one after the other, nothing between them."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
from psycopg import sql

from warehouse import REPOSITORY, Warehouse

BUILT = ("model", "seed", "snapshot")


def nodes_built(target: Path) -> list[tuple[dict, float]]:
    """What dbt built and the seconds it took by dbt's own clock, in the order in which it was ready."""
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    results = json.loads((target / "run_results.json").read_text())["results"]
    return [
        (nodes[result["unique_id"]], result["execution_time"])
        for result in results
        if result["unique_id"].split(".")[0] in BUILT
    ]


def build_by_hand(warehouse: Warehouse, target: Path, database: str) -> None:
    """Build what a full build by dbt into ``database`` has built, into another with the same raw tables.

    Each statement is dbt's own to the letter, but for the name of the database and the temporary name under which dbt
    makes a table; then come the indexes and, where dbt has them gathered, the statistics.
    """
    nodes = [node for node, _ in nodes_built(target)]
    with psycopg.connect(**warehouse.settings.connect_arguments, autocommit=True) as connection:
        for schema in sorted({node["schema"] for node in nodes}):
            connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(schema)))
        for node in nodes:
            relation = sql.Identifier(node["schema"], node["alias"])
            if node["resource_type"] == "seed":
                path = REPOSITORY / node["original_file_path"]
                _copy_seed(connection, relation, path, node["config"]["column_types"])
                continue
            ran = target / "run" / node["package_name"] / node["original_file_path"]
            statement = ran / f"{node['name']}.sql" if ran.is_dir() else ran  # of a snapshot, a folder
            connection.execute(statement.read_text().replace(f'"{database}".', "").replace('__dbt_tmp"', '"'))
            for index in node["config"].get("indexes") or []:
                unique = sql.SQL("unique" if index.get("unique") else "")
                columns = sql.SQL(", ").join(map(sql.Identifier, index["columns"]))
                connection.execute(sql.SQL("create {} index on {} ({})").format(unique, relation, columns))
            if any("analyze()" in hook["sql"] for hook in node["config"]["post-hook"]):
                connection.execute(sql.SQL("analyze {}").format(relation))


def _copy_seed(connection: psycopg.Connection, relation: sql.Identifier, path: Path, types: dict[str, str]) -> None:
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(data_type)) for name, data_type in types.items()
    )
    connection.execute(sql.SQL("create table {} ({})").format(relation, columns))
    with connection.cursor() as cursor:
        with cursor.copy(sql.SQL("copy {} from stdin (format csv, header)").format(relation)) as copy:
            copy.write(path.read_bytes())
