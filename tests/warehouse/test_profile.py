"""dbt enters the same database as everything else, whichever way it was named."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from warehouse import REPOSITORY

STRANGE = 'p:w/%@é"'


def dbt_debug(environment: dict[str, str], profiles_dir: Path) -> str:
    dbt = Path(sys.executable).with_name("dbt")
    done = subprocess.run(
        [dbt, "--no-use-colors", "debug", "--profiles-dir", profiles_dir],
        cwd=REPOSITORY, env={"PATH": "/usr/bin:/bin", **environment}, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout


@pytest.fixture
def stranger(warehouse):
    """Settings of a role whose name and password need to be quoted in a URL."""
    settings = replace(warehouse.settings, user="a@b", password=STRANGE.replace("é", "e"))
    with warehouse.connect() as connection:
        quoted = connection.execute("select quote_literal(%s)", (settings.password,)).fetchone()[0]
        connection.execute(f'create role "a@b" login password {quoted}')
    yield settings
    with warehouse.connect() as connection:
        connection.execute('drop role "a@b"')


def test_plain_dbt_enters_the_embedded_server(server, profiles_dir):
    told = dbt_debug({}, profiles_dir)

    assert "Connection test: [OK" in told
    assert f"port: {server.port}" in told


def test_dbt_reads_database_url_also_with_quoted_characters(stranger, profiles_dir):
    told = dbt_debug({"DATABASE_URL": stranger.url, "PGHOST": "elsewhere"}, profiles_dir)

    assert "Connection test: [OK" in told
    assert f"database: {stranger.database}" in told


def test_dbt_reads_the_pg_variables(stranger, profiles_dir):
    told = dbt_debug(stranger.environment, profiles_dir)

    assert "Connection test: [OK" in told
    assert f"database: {stranger.database}" in told


def test_the_profile_is_for_its_owner_only_and_the_example_holds_no_secret(server, profiles_dir):
    assert (profiles_dir / "profiles.yml").stat().st_mode & 0o077 == 0
    assert server.password in (profiles_dir / "profiles.yml").read_text()
    assert server.password not in (REPOSITORY / "profiles.yml.example").read_text()
