"""What was noted of a shop when it was written: its parameters, its generator, and the hashes of its files."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from seeds_generator.behaviour import Behaviour
from seeds_generator.flaws import Flaws
from seeds_generator.parameters import Parameters
from seeds_generator.stores import Store
from warehouse import DataError

MANIFEST = ".shop.json"  # hidden, so that it is not loaded as data
LIBRARIES = ("faker", "holidays", "numpy", "pyarrow")  # another version may make another shop


def read_parameters(folder: Path | str) -> Parameters:
    """The parameters of the whole shop in a folder; raises DataError where there is none that could go on."""
    return parameters_that_go_on(Path(folder), read_manifest(Path(folder)))


def parameters_that_go_on(folder: Path, noted: dict[str, Any] | None) -> Parameters:
    """The parameters noted for a folder, of a whole shop without flaws of this very generator, else DataError."""
    if noted is None or not is_whole(folder, noted):
        raise DataError(f"{folder} holds no whole shop; write one with python -m seeds_generator --out {folder}")
    made_from = noted["made_from"]
    if made_from["generator"] != generator() or made_from["flaws"] != plain(Flaws()):
        raise DataError(
            f"{folder} holds a shop of another generator, or one with flaws, which cannot go on; write it anew"
        )
    return _parameters_from(made_from["parameters"])


def generator() -> str:
    """A fingerprint of the code that makes the shop: files of an older generator are not this one's."""
    fingerprint = hashlib.sha256()
    for module in sorted(Path(__file__).parent.rglob("*.py")):
        fingerprint.update(module.read_bytes())
    fingerprint.update(" ".join(f"{library} {version(library)}" for library in LIBRARIES).encode())
    return fingerprint.hexdigest()


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """What was noted when the files were written; None where the generator wrote nothing."""
    try:
        noted = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        noted = None  # damaged, but ours
    is_readable = isinstance(noted, dict) and isinstance(noted.get("files"), dict) and "made_from" in noted
    return noted if is_readable else {"made_from": None, "files": {}}


def is_whole(folder: Path, noted: dict[str, Any]) -> bool:
    """Whether every file noted is there as it was written."""
    return bool(noted["files"]) and all(_is_intact(folder / file, facts) for file, facts in noted["files"].items())


def _is_intact(path: Path, facts: dict[str, Any]) -> bool:
    try:
        return path.stat().st_size == facts["bytes"] and _hash(path) == facts["sha256"]
    except (FileNotFoundError, KeyError):
        return False


def _parameters_from(noted: dict[str, Any]) -> Parameters:
    """Parameters as they were noted in a manifest."""
    known = dict(noted)
    behaviour = {name: tuple(value) if isinstance(value, list) else value for name, value in known["behaviour"].items()}
    days = {name: date.fromisoformat(known[name]) if known[name] else None for name in ("until", "through")}
    return Parameters(**{**known, **days, "store": Store(**known["store"]), "behaviour": Behaviour(**behaviour)})


def plain(thing: object) -> Any:
    """A dataclass as JSON would hold it."""
    return json.loads(json.dumps(asdict(thing), default=str))


def facts_of(path: Path, rows: int) -> dict[str, Any]:
    """What is noted of a file: rows, bytes and SHA-256."""
    return {"rows": rows, "bytes": path.stat().st_size, "sha256": _hash(path)}


def _hash(path: Path) -> str:
    fingerprint = hashlib.sha256()
    with path.open("rb") as content:
        while block := content.read(1 << 20):
            fingerprint.update(block)
    return fingerprint.hexdigest()
