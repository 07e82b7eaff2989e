"""dbt enters the same database as everything else, whichever way it was named."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from warehouse import REPOSITORY
from warehouse.profile import DOTENV_HEADER, EXAMPLE, write_profile

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


def test_unedited_example_parses(tmp_path):
    shutil.copy(REPOSITORY / EXAMPLE, tmp_path / "profiles.yml")
    options = ["--profiles-dir", tmp_path, "--target-path", tmp_path, "--log-path", tmp_path]
    for command in (["parse"], ["ls", "--resource-type", "model"]):
        done = subprocess.run(
            [Path(sys.executable).with_name("dbt"), "--no-use-colors", "--quiet", *command, *options],
            cwd=REPOSITORY, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    assert "tidemart.marts.core.dim_stores" in done.stdout


@pytest.fixture
def project(tmp_path) -> Path:
    """A minimal dbt project beside the example profile."""
    folder = tmp_path / "Ann's shop"
    (folder / "models" / "deep").mkdir(parents=True)
    shutil.copy(REPOSITORY / EXAMPLE, folder)
    (folder / "dbt_project.yml").write_text("name: tidemart\nprofile: tidemart\n")
    return folder


def test_dbt_finds_the_profile_in_subfolders(server, project):
    write_profile(project, server)
    done = subprocess.run(
        [Path(sys.executable).with_name("dbt"), "--no-use-colors", "debug"],
        cwd=project / "models" / "deep", env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True,
    )  # fmt: skip

    assert "Connection test: [OK" in done.stdout, done.stdout


def test_dotenv_of_the_user_is_not_changed(server, project):
    (project / ".env").write_text("DATABASE_URL=postgresql://a:b@c/d\n")
    write_profile(project, server)
    assert (project / ".env").read_text() == "DATABASE_URL=postgresql://a:b@c/d\n"

    (project / ".env").write_text(f"{DOTENV_HEADER}DBT_PROFILES_DIR='/moved'\n")
    write_profile(project, server)
    assert "/moved" not in (project / ".env").read_text()
