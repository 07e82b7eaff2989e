"""dbt that ends when the process that started it ends, however that ends.

A run that is killed would otherwise leave ``dbt build`` behind, which goes on writing while the next run starts.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Become dbt, tied to the parent where the system (Linux) can do that."""
    if sys.argv[1:] == ["--version"]:  # Dagster asks before every build, and dbt itself would ask the registry for news
        print(f"dbt-core {version('dbt-core')}")
        return
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the tie was made
            sys.exit(1)
    dbt = str(Path(sys.executable).with_name("dbt"))
    os.execv(dbt, [dbt, *sys.argv[1:]])
