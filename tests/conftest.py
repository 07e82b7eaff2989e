"""Shared fixtures: a PostgreSQL of the suite's own, and an empty database for each test that asks."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from xdist.scheduler import LoadScopeScheduling

from warehouse import HOME, REPOSITORY, Settings, Warehouse
from warehouse.embedded import EmbeddedServer
from warehouse.profile import EXAMPLE, write_profile
from warehouse.settings import PG_VARIABLES

LONGEST_MODULE = "test_the_loop.py"
REAL_DATA = REPOSITORY.parent / "shared" / "data"
_numbers = itertools.count(1)


class ByCostlyFixture(LoadScopeScheduling):
    """Of several workers one takes all tests of a module, and one all modules that read the built stores."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return "built_stores" if "built_stores" in (REPOSITORY / module).read_text() else module


def pytest_xdist_make_scheduler(config: pytest.Config, log) -> ByCostlyFixture:
    return ByCostlyFixture(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no worker has to wait for it at the end."""
    items.sort(key=lambda item: item.path.name != LONGEST_MODULE)


@pytest.fixture(scope="session", autouse=True)
def no_server_of_the_user() -> None:
    """Tests never touch the server that the environment names, nor the folder in which the chain's dbt writes."""
    for name in ("DATABASE_URL", *PG_VARIABLES, "DBT_TARGET_PATH"):
        os.environ.pop(name, None)


@pytest.fixture(scope="session")
def server() -> Iterator[Settings]:
    """The address of the suite's own PostgreSQL."""
    embedded = EmbeddedServer(HOME / "test" / f"postgres-{os.getpid()}")
    try:
        settings = embedded.start()
        with psycopg.connect(**settings.connect_arguments, autocommit=True) as connection:
            # these databases need not outlive a power cut, and are made and dropped by the hundred
            connection.execute("alter system set fsync = off")
            connection.execute("select pg_reload_conf()")
        yield settings
    finally:
        embedded.remove()


@pytest.fixture(scope="session")
def profiles_dir(server: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with dbt's profile, of which the embedded server is the suite's."""
    folder = tmp_path_factory.mktemp("profiles")
    shutil.copy(REPOSITORY / EXAMPLE, folder)
    write_profile(folder, server)
    return folder


@pytest.fixture(scope="session")
def new_warehouse(server: Settings) -> Callable[[], AbstractContextManager[Warehouse]]:
    """``with new_warehouse() as warehouse``: a database made for the occasion, empty but for schema ml."""

    def administer(statement: str) -> None:
        with psycopg.connect(**server.connect_arguments, autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def make() -> Iterator[Warehouse]:
        name = f"test_{next(_numbers)}"
        administer(f"create database {name}")
        try:
            made = Warehouse(replace(server, database=name))
            made.create_ml_schema()
            yield made
        finally:
            administer(f"drop database {name} with (force)")

    return make


@pytest.fixture
def warehouse(new_warehouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[Warehouse]:
    """A warehouse of one's own; programs that the test starts find it in DATABASE_URL."""
    with new_warehouse() as made:
        monkeypatch.setenv("DATABASE_URL", made.settings.url)
        yield made


@pytest.fixture(scope="session")
def real_file() -> Callable[[str], Path]:
    """``real_file(name)``: a file of the real data beside the checkout; the test is skipped where it is not there."""

    def find(name: str) -> Path:
        path = REAL_DATA / name
        if not path.exists():
            pytest.skip(f"the real data are not beside this checkout: {name}")
        return path

    return find
