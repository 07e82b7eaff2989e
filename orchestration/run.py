"""A job of the graph in this process: recorded in Dagster's history, one line per step, one line for a failure."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import psycopg

import ingestion
from warehouse import (
    HOME,
    REPOSITORY,
    BusyError,
    DatabaseError,
    DataError,
    QualityError,
    TidemartError,
    UsageError,
    Warehouse,
)
from warehouse.errors import one_line

INSTANCE_SETTINGS = Path(__file__).with_name("dagster.yaml")
LOG = HOME / "run.log"
SHOWN_ROWS, SHOWN_COLUMNS = 3, 5
# Dagster keeps of an error its name and its words
KINDS = {kind.__name__: kind for kind in (UsageError, DataError, DatabaseError, BusyError, QualityError)} | {
    "FilesRefusedError": DataError,
    "OperationalError": DatabaseError,
}


@dataclass(frozen=True)
class RunCounts:
    """What a run of a job did."""

    rows_read: int
    rows_loaded: int
    rows_rejected: int
    duplicate_rows: int
    models_built: int
    tests_passed: int
    expectations_met: int
    warnings: tuple[str, ...]


def prepare_dagster_home() -> Path:
    """Make DAGSTER_HOME with its settings; one that the environment names is left alone."""
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")  # also in a home whose settings do not say so
    if not os.environ.get("DAGSTER_HOME"):
        home = HOME / "dagster"
        home.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(INSTANCE_SETTINGS, home / "dagster.yaml")
        os.environ["DAGSTER_HOME"] = str(home)
    return Path(os.environ["DAGSTER_HOME"])


def run_job(name: str, run_config: Mapping[str, object] | None = None) -> RunCounts:
    """Run a job of the graph to its end.

    Raises BusyError when another run is at work on this warehouse, QualityError when a test failed, and otherwise
    the error of the step that failed, of its own kind.
    """
    HOME.mkdir(parents=True, exist_ok=True)  # not there yet where server and DAGSTER_HOME are the user's own
    prepare_dagster_home()
    warehouse = Warehouse.open()
    with warehouse.lock("run", wait=False), LOG.open("w") as log, redirect_stdout(log):
        import dagster as dg

        from orchestration.definitions import defs  # reads dbt's manifest, which takes a moment

        with dg.DagsterInstance.get() as instance:
            result = defs.resolve_job_def(name).execute_in_process(
                instance=instance,
                run_config=_configured(name, run_config or {}),
                raise_on_error=False,
            )
            tags = instance.get_run_by_id(result.run_id).tags
    if not result.success:
        raise _failure(result, warehouse)
    return _counts(result, tags)


def _configured(job: str, run_config: Mapping[str, object]) -> dict[str, object]:
    """The configuration of a run of the command line: a line per step, and nothing is checked or built twice.

    The first run of ``everything`` also forecasts from a week before, so that the change is explained.
    """
    gates = [f"check_{name}" for name in ingestion.enabled_sources()]
    steps = {step: {"config": {"only_when_changed": True}} for step in (*gates, "dbt_marts", "dbt_predictions")}
    if job == "everything":
        steps["ml__forecast_results"] = {"config": {"earlier_origin_days": 7}}
    return {**run_config, "ops": {**steps, **(run_config.get("ops") or {})}, "loggers": {"progress": {}}}


def _counts(result, tags: Mapping[str, str]) -> RunCounts:
    materializations = [event.materialization for event in result.get_asset_materialization_events()]

    def rows(name: str) -> int:
        return sum(int(one.metadata[name].value) for one in materializations if name in one.metadata)

    checked = [evaluation for evaluation in result.get_asset_check_evaluations() if _is_at_the_gate(evaluation)]

    def tagged(suffix: str) -> int:
        return sum(int(value) for name, value in tags.items() if name.endswith(suffix))

    return RunCounts(
        rows_read=rows("rows_read"),
        rows_loaded=rows("rows_loaded"),
        rows_rejected=rows("rows_rejected"),
        duplicate_rows=rows("duplicate_rows"),
        models_built=tagged("/models"),
        tests_passed=tagged("/tests"),
        expectations_met=sum(evaluation.passed for evaluation in checked),
        warnings=tuple(_in_words(evaluation) for evaluation in checked if not evaluation.passed),
    )


def _failure(result, warehouse: Warehouse) -> TidemartError:
    """The first failed step in one line, with the exit code of its kind."""
    failed = [
        evaluation
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed and evaluation.severity.value == "ERROR"
    ]
    if failed:
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        if _is_at_the_gate(failed[0]):
            return QualityError(
                f"{_in_words(failed[0])}{more}; dbt was not run and the last marts stay as they were; "
                f"`python -m ingestion check {failed[0].asset_key.path[0]}` says all"
            )
        return _failed_test(failed[0].check_name, warehouse, more)
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            while error.cause is not None:
                error = error.cause
            message = re.sub(r"^[\w.]+: ", "", one_line(error.message))  # the name of the error's class
            message = message.rpartition("Errors parsed from dbt logs: ")[2]  # before it, how dbt was called
            test = re.search(r"Failure in test (\S+)", message)  # of a raw table, which is no check of Dagster's
            if test:
                return _failed_test(test[1], warehouse)
            kind = KINDS.get(error.cls_name, TidemartError)
            return kind(f"{event.step_key}: {message} (all of it: {LOG})")
    return TidemartError(f"the run ended without success; see {LOG}")


def _failed_test(name: str, warehouse: Warehouse, more: str = "") -> QualityError:
    rows = _failing_rows(name, warehouse)
    found = f": {'; '.join(rows)}" if rows else ""
    return QualityError(
        f"the test {name} failed{found}{more}; models below it were left as they were; "
        f"all rows: dbt test --select {name} --store-failures, then schema test_failures (log: {LOG})"
    )


def _failing_rows(name: str, warehouse: Warehouse) -> list[str]:
    """The first rows that fail a dbt test, each on one line, from the table in which dbt stores them."""
    from orchestration.resources import dbt_project

    dbt = str(Path(sys.executable).with_name("dbt"))
    subprocess.run(
        [dbt, "--quiet", "test", "--select", name, "--store-failures"], cwd=REPOSITORY, stdout=sys.stdout, check=False
    )
    nodes = json.loads(dbt_project.manifest_path.read_text())["nodes"].values()
    test = next((node for node in nodes if node["resource_type"] == "test" and node["name"] == name), None)
    try:
        rows = warehouse.read(f'select * from {test["schema"]}."{test["alias"]}" limit {SHOWN_ROWS}') if test else None
    except psycopg.Error:  # the test could not be evaluated at all
        rows = None
    records = [] if rows is None else rows.to_dict("records")
    return [", ".join(f"{column} {value}" for column, value in list(row.items())[:SHOWN_COLUMNS]) for row in records]


def _is_at_the_gate(evaluation) -> bool:
    """Whether a check is of a raw table, and not one of dbt's tests."""
    from orchestration.checks import landing_gates

    return any(evaluation.asset_check_key in gate.check_keys for gate in landing_gates)


def _in_words(evaluation) -> str:
    return f"{'.'.join(evaluation.asset_key.path)}: {evaluation.check_name}: {evaluation.description}"
