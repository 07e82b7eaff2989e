"""The server of one's own: found again, recovered, and never mistaken for another."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from warehouse import HOME, DatabaseError
from warehouse.embedded import EmbeddedServer


@pytest.fixture
def embedded(tmp_path_factory):
    server = EmbeddedServer(HOME / "test" / f"{tmp_path_factory.mktemp('embedded').name}-{os.getpid()}")
    yield server
    server.remove()


def connect(settings) -> psycopg.Connection:
    return psycopg.connect(**settings.connect_arguments)


def postmaster_pid(settings) -> int:
    with connect(settings) as connection:
        (folder,) = connection.execute("show data_directory").fetchone()
    return int((Path(folder) / "postmaster.pid").read_text().splitlines()[0])


def test_a_second_start_finds_the_first_server(embedded):
    assert embedded.start() == EmbeddedServer(embedded.home).start()


def test_two_starts_at_once_make_one_server(embedded):
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: EmbeddedServer(embedded.home).start(), range(2))

    assert first == second


def test_it_listens_on_loopback_and_wants_a_scram_password(embedded):
    settings = embedded.start()

    with connect(settings) as connection:
        (addresses,) = connection.execute("show listen_addresses").fetchone()
        (stored,) = connection.execute("select rolpassword from pg_authid where rolname = current_user").fetchone()
    assert addresses == "127.0.0.1"
    assert stored.startswith("SCRAM-SHA-256")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(**{**settings.connect_arguments, "password": "wrong"})


def test_committed_rows_survive_a_kill(embedded):
    settings = embedded.start()
    with connect(settings) as connection:
        connection.execute("create table kept as select 1 as a")
    os.kill(postmaster_pid(settings), signal.SIGKILL)

    with connect(embedded.start()) as connection:
        assert connection.execute("select a from kept").fetchone() == (1,)


def test_a_pid_file_that_names_somebody_elses_process_does_not_stop_the_start(embedded):
    settings = embedded.start()
    with connect(settings) as connection:
        (folder,) = connection.execute("show data_directory").fetchone()
    pid_file = Path(folder) / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    embedded.stop()
    lines[0] = str(os.getpid())
    pid_file.write_text("\n".join(lines) + "\n")

    with connect(embedded.start()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_port_taken_by_somebody_else_is_left_to_them(embedded):
    port = embedded.start().port
    embedded.stop()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()

        settings = embedded.start()

        assert settings.port != port


def test_a_server_that_answers_on_the_port_but_is_another_is_not_taken_for_it(embedded, server):
    embedded.start()
    embedded.stop()
    (embedded.home / "port").write_text(str(server.port))
    (embedded.home / "password").write_text(server.password)  # even one that lets us in

    assert embedded.running() is None


def test_a_stop_ends_every_process(embedded):
    settings = embedded.start()
    pid = postmaster_pid(settings)

    assert embedded.stop()
    assert not embedded.stop()
    wait_for(lambda: not is_alive(pid))


def test_a_query_ends_soon_after_its_client_was_killed(server):
    program = (
        "import psycopg, sys\n"
        "with psycopg.connect(sys.argv[1], application_name='to be killed') as c: c.execute('select pg_sleep(60)')"
    )
    client = subprocess.Popen([sys.executable, "-c", program, server.url])
    running = "select count(*) from pg_stat_activity where application_name = 'to be killed' and state = 'active'"

    def is_running() -> bool:
        with connect(server) as connection:
            return connection.execute(running).fetchone()[0] == 1

    wait_for(is_running)
    client.kill()
    client.wait()

    wait_for(lambda: not is_running())


def test_a_folder_that_cannot_be_used_is_said_in_one_line(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(DatabaseError, match="folder of the embedded PostgreSQL cannot be used"):
        EmbeddedServer(tmp_path / "file" / "postgres").start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")
def test_root_can_run_it_below_a_folder_that_others_cannot_enter(tmp_path):
    (tmp_path / "private").mkdir(mode=0o700)
    embedded = EmbeddedServer(tmp_path / "private" / "postgres")
    try:
        with connect(embedded.start()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        embedded.remove()


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def wait_for(condition, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)
