"""dbt's profile, so that plain ``dbt run`` enters the same database as everything else."""

from __future__ import annotations

import os
from pathlib import Path

from warehouse.settings import Settings

EXAMPLE = "profiles.yml.example"


def write_profile(folder: Path, embedded: Settings | None) -> None:
    """Write profiles.yml from its example, readable by its owner only, when it differs from what is there.

    The example reads DATABASE_URL and PG*; ``embedded`` fills in the address that holds when none of them is set.
    """
    text = (folder / EXAMPLE).read_text()
    if embedded is not None:
        text = text.replace("EMBEDDED_PORT", str(embedded.port)).replace("EMBEDDED_PASSWORD", embedded.password)
    path = folder / "profiles.yml"
    if (embedded is None and path.exists()) or (path.exists() and path.read_text() == text):
        return
    unfinished = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    unfinished.replace(path)
