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


def _is_stale(manifest: Path) -> bool:
    """Whether dbt's manifest is missing, or older than something it was read from."""
    if not manifest.exists():
        return True
    read_at = manifest.stat().st_mtime
    files = [REPOSITORY / "dbt_project.yml", *(REPOSITORY / "dbt_project").rglob("*")]
    return any(path.stat().st_mtime > read_at for path in files)


# dbt is beside this Python, whether or not the environment is activated
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

# a target of its own: variables of a dbt command by hand do not change the graph
TARGET = Path("target/dagster")
os.environ["DBT_TARGET_PATH"] = str(TARGET)  # where dagster-dbt looks for what dbt has parsed already
dbt_project = DbtProject(project_dir=REPOSITORY, profiles_dir=REPOSITORY, target_path=TARGET)
if not (REPOSITORY / "profiles.yml").exists():
    Warehouse.open()  # writes dbt's profile
if _is_stale(dbt_project.manifest_path):
    dbt_project.preparer.prepare(dbt_project)
dbt_project.prepare_if_dev()

dbt = DbtCliResource(project_dir=dbt_project, dbt_executable="tidemart-dbt")
