"""What assets are given: the warehouse and dbt."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject

from warehouse import REPOSITORY, Warehouse

# files that wait to be loaded, one folder per source
LANDING = Path(os.environ.get("TIDEMART_LANDING") or REPOSITORY / "landing").absolute()


class WarehouseResource(dg.ConfigurableResource):
    """The warehouse that the environment names, else the embedded one."""

    def open(self) -> Warehouse:
        """The warehouse, started when it is down."""
        return Warehouse.open()


dbt_project = DbtProject(project_dir=REPOSITORY, profiles_dir=REPOSITORY)
if not (REPOSITORY / "profiles.yml").exists():
    Warehouse.open()  # writes dbt's profile
if not dbt_project.manifest_path.exists():
    dbt_project.preparer.prepare(dbt_project)  # a fresh clone: run `dbt parse` once
dbt_project.prepare_if_dev()

dbt = DbtCliResource(
    project_dir=dbt_project,
    # beside this Python, so that it is found whether or not the environment is activated
    dbt_executable=str(Path(sys.executable).with_name("tidemart-dbt")),
)
