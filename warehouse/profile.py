"""dbt's profile, so that plain ``dbt run`` uses the same database as everything else."""

from __future__ import annotations

import os
from pathlib import Path

from warehouse.settings import Settings

EXAMPLE = "profiles.yml.example"
# values of the example that stand for the embedded server's
PORT = "5432  # EMBEDDED_PORT"
PASSWORD = "EMBEDDED_PASSWORD"
DOTENV_HEADER = "# written by Tidemart: dbt reads this file also in subfolders, where it would not find profiles.yml\n"


def write_profile(folder: Path, embedded: Settings | None) -> None:
    """Write profiles.yml from its example, and a .env that names its folder, when they differ from what is there.

    The example reads DATABASE_URL and PG*; ``embedded`` fills in the address used when none of them is set.
    profiles.yml is readable by its owner only. A .env with other content is left as it is.
    """
    text = (folder / EXAMPLE).read_text()
    path = folder / "profiles.yml"
    if embedded is not None:
        text = text.replace(PORT, str(embedded.port)).replace(PASSWORD, embedded.password)
    if embedded is not None or not path.exists():
        _replace(path, text)
    dotenv = folder / ".env"
    if not dotenv.exists() or dotenv.read_text().startswith(DOTENV_HEADER):
        _replace(dotenv, DOTENV_HEADER + "DBT_PROFILES_DIR='{}'\n".format(str(folder).replace("'", r"\'")))


def _replace(path: Path, text: str) -> None:
    """Write a file in one step, readable by its owner only."""
    if path.exists() and path.read_text() == text:
        return
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    unfinished.replace(path)
