"""Rules of the Python packages: imports, names of tables, names of modules."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from warehouse import REPOSITORY

PACKAGES = ("warehouse", "ingestion", "seeds_generator", "ml", "orchestration")
NO_NAMES = {"utils", "util", "common", "helpers", "helper", "base", "misc", "core", "shared"}
TABLE = re.compile(r"\b(?:marts|ml|staging|intermediate|reference)\.(?:fct|dim|stg|int|forecast_results|stores)\w*")


def modules(package: str) -> list[Path]:
    return sorted((REPOSITORY / package).rglob("*.py"))


def test_packages_import_only_what_they_may():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


def test_no_room_is_called_by_a_name_that_says_nothing():
    for package in PACKAGES:
        for path in modules(package):
            assert path.stem not in NO_NAMES, path
            assert not NO_NAMES & set(path.relative_to(REPOSITORY).parts), path


def test_in_ml_only_run_names_tables():
    for path in modules("ml"):
        assert path.name == "run.py" or not TABLE.search(path.read_text()), path


def test_nothing_is_unpickled():
    for package in PACKAGES:
        for path in modules(package):
            text = path.read_text()
            assert not re.search(r"^\s*(import|from) (pickle|dill|cloudpickle)\b", text, re.M), path
            # joblib may start processes, and load nothing
            assert not re.search(r"^\s*import joblib\b|^\s*from joblib import (?!Parallel, delayed$)", text, re.M), path
