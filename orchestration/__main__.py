"""``python -m orchestration run [JOB]`` and ``python -m orchestration ui``"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import yaml

from orchestration.run import prepare_dagster_home, run_job
from orchestration.summary import summary
from warehouse import REPOSITORY, UsageError, Warehouse, run_command
from warehouse.errors import one_line


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m orchestration", description="The whole chain.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run a job in this process and say what came of it")
    run.add_argument("job", nargs="?", default="refresh", choices=["everything", "refresh"])
    run.add_argument("--config", metavar="FILE", help="run configuration as YAML, such as the size of the shop")
    ui = commands.add_parser("ui", help="serve the Dagster UI on loopback")
    ui.add_argument("--port", type=int, default=3000)
    arguments = parser.parse_args()
    if arguments.command == "ui":
        return _serve(arguments.port)
    counts = run_job(arguments.job, _read_config(arguments.config) if arguments.config else None)
    print(summary(Warehouse.open(), counts))
    return 0


def _read_config(path: str) -> dict[str, object]:
    try:
        config = yaml.safe_load(Path(path).read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"--config {path} cannot be read: {one_line(error)}") from None
    if not isinstance(config, dict):
        raise UsageError(f"--config {path} must hold a mapping, such as ops: ...")
    return config


def _serve(port: int) -> int:
    prepare_dagster_home()
    Warehouse.open()
    os.chdir(REPOSITORY)
    dagster = str(Path(sys.executable).with_name("dagster"))
    # Dagster has no login: never on another address than loopback
    os.execv(dagster, [dagster, "dev", "--host", "127.0.0.1", "--port", str(port)])


if __name__ == "__main__":
    sys.exit(run_command(main))
