"""``python -m orchestration run [JOB]`` and ``python -m orchestration ui``"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from orchestration.run import prepare_dagster_home, run_job
from orchestration.summary import summary
from warehouse import REPOSITORY, Warehouse, run_command


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m orchestration", description="The whole chain.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run a job in this process and say what came of it")
    run.add_argument("job", nargs="?", default="refresh", choices=["everything", "refresh"])
    ui = commands.add_parser("ui", help="serve the Dagster UI on loopback")
    ui.add_argument("--port", type=int, default=3000)
    arguments = parser.parse_args()
    if arguments.command == "ui":
        return _serve(arguments.port)
    counts = run_job(arguments.job)
    print(summary(Warehouse.open(), counts))
    return 0


def _serve(port: int) -> int:
    prepare_dagster_home()
    Warehouse.open()
    os.chdir(REPOSITORY)
    dagster = str(Path(sys.executable).with_name("dagster"))
    # Dagster has no login: never on another address than loopback
    os.execv(dagster, [dagster, "dev", "--host", "127.0.0.1", "--port", str(port)])


if __name__ == "__main__":
    sys.exit(run_command(main))
