"""What a stage took: seconds on the clock, seconds of the server, and the most memory of all processes together."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from warehouse import REPOSITORY, Settings, UsageError

INTERVAL_SECONDS = 0.25
PATIENCE_SECONDS = 30
PROC = Path("/proc")


@dataclass(frozen=True)
class Usage:
    """What a program took: seconds on the clock, and its own peak in MB."""

    seconds: float
    peak_mb: int


def run_program(settings: Settings, command: list[str | Path]) -> Usage:
    """Run a program from the root on that database; end with its output when it fails."""
    environment = {**os.environ, "DATABASE_URL": settings.url}
    started = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=output, stderr=output)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise SystemExit(f"{' '.join(map(str, command))} failed:\n{output.read().decode()[-10_000:]}")
        return Usage(time.perf_counter() - started, usage.ru_maxrss // 1024)


def database_seconds(server: Settings, name: str) -> float:
    """Seconds that the sessions of a database have had a statement running, one session's added to the other's.

    The server counts them (``pg_stat_database.active_time``), for all statements of all clients; a
    session's are complete once it has ended, so this waits for the last to go. It counts a statement that waits for a
    core or a lock as running: two sessions at once can only make the figure larger than one alone would.
    """
    with psycopg.connect(**server.connect_arguments, autocommit=True) as connection:
        sessions = "select count(*) from pg_stat_activity where datname = %s and backend_type = 'client backend'"
        deadline = time.monotonic() + PATIENCE_SECONDS
        while connection.execute(sessions, (name,)).fetchone()[0]:
            if time.monotonic() > deadline:
                raise UsageError(f"another client is connected to {name}; the benchmark needs it alone")
            time.sleep(0.05)
        query = "select active_time / 1000 from pg_stat_database where datname = %s"
        return connection.execute(query, (name,)).fetchone()[0]


class MemoryWatch:
    """The most memory that the server, this program and all that both started took at one moment.

    Proportional set sizes, so that what processes share counts once, read four times a second: a shorter peak may be
    missed. The file cache of the system is not included.
    """

    def __init__(self, server: Settings) -> None:
        """Raises UsageError where the server's processes cannot be seen: elsewhere, or not on Linux."""
        with psycopg.connect(**server.connect_arguments) as connection:
            (backend,) = connection.execute("select pg_backend_pid()").fetchone()
            postmaster = _parents().get(backend)
            command = PROC / str(postmaster) / "comm"
            if postmaster is None or not command.exists() or command.read_text().strip() != "postgres":
                raise UsageError(
                    "the memory of this server cannot be read: the benchmark needs Linux and a server on this machine; "
                    "unset DATABASE_URL and PG* to use the embedded one"
                )
        self._roots = {postmaster, os.getpid()}
        self._peak_bytes = 0
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> MemoryWatch:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watcher.join()

    def take_peak_gb(self) -> float:
        """GB at the highest since this was last asked."""
        peak, self._peak_bytes = self._peak_bytes, 0
        return peak / 1e9

    def _watch(self) -> None:
        while not self._ended.wait(INTERVAL_SECONDS):
            self._peak_bytes = max(self._peak_bytes, sum(map(_proportional_bytes, _family(self._roots))))


def _parents() -> dict[int, int]:
    """The parent of every process."""
    parents = {}
    for folder in PROC.glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile
            # the name, in brackets, may hold blanks and brackets
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    return parents


def _family(roots: set[int]) -> set[int]:
    """These processes and all that they started."""
    children = defaultdict(list)
    for process, parent in _parents().items():
        children[parent].append(process)
    family, waiting = set(), list(roots)
    while waiting:
        process = waiting.pop()
        family.add(process)
        waiting += children[process]
    return family


def _proportional_bytes(process: int) -> int:
    with suppress(OSError):
        for line in (PROC / str(process) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
