"""docs/bring-your-store.md, followed to the letter: its files written, its commands run, what it shows compared."""

from __future__ import annotations

import doctest
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from warehouse import REPOSITORY, Warehouse

PAGE = (REPOSITORY / "docs" / "bring-your-store.md").read_text()
# a fenced block, and the path that stands alone in the paragraph before it
BLOCK = re.compile(r"(?:^`(?P<path>[^`\n]+)`\n\n)?^```(?P<kind>\w+)\n(?P<content>.*?)^```$", re.M | re.S)
# a command may go on after a backslash at the end of a line
COMMAND = re.compile(r"^\$ (?P<command>(?:.*\\\n)*.*)\n(?P<output>(?:(?!\$ ).*\n)*)", re.M)
COLOURS = re.compile(r"\x1b\[\d*m")
ALIKE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """A fenced block of the page: a file, a change to a file, or commands with what they print."""

    kind: str
    path: str
    content: str


BLOCKS = [Block(found["kind"], found["path"] or "", found["content"]) for found in BLOCK.finditer(PAGE)]


@pytest.fixture
def checkout(tmp_path: Path, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project with the environment at hand and a database of its own."""
    for name in ("TIDEMART_HOME", "TIDEMART_LANDING", "MAKEFLAGS", "MAKELEVEL", "PYTHONPATH"):
        monkeypatch.delenv(name, raising=False)
    # units are tested where they belong
    monkeypatch.setenv("DBT_EXCLUDE_RESOURCE_TYPES", "unit_test")
    copy = tmp_path / "tidemart"
    made_here = [line.strip("/") for line in (REPOSITORY / ".gitignore").read_text().splitlines() if line[:1] != "#"]
    shutil.copytree(REPOSITORY, copy, ignore=shutil.ignore_patterns(".git", *made_here))
    environment = copy / ".venv"
    environment.mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (environment / name).symlink_to(Path(sys.prefix) / name)
    (environment / ".tidemart").touch()  # newer than the copied files, so that make installs nothing
    return copy


def test_the_page_leads_from_an_export_to_marts(checkout):
    for block in BLOCKS:
        if block.kind == "console":
            for command, expected in commands_of(block):
                assert_prints(checkout, command, expected)
        elif block.kind == "diff":
            change(checkout / block.path, block.content)
        else:
            path = checkout / block.path
            assert not path.exists(), f"{block.path} is shown twice"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.content)


def test_every_block_of_the_page_is_a_command_or_says_its_file():
    assert {block.kind for block in BLOCKS} == {"console", "csv", "diff", "sql", "yaml"}
    for block in BLOCKS:
        assert bool(block.path) == (block.kind != "console"), block
    assert PAGE.count("\n```") == 2 * len(BLOCKS)


def commands_of(block: Block) -> Iterator[tuple[str, str]]:
    for found in COMMAND.finditer(block.content):
        yield found["command"], found["output"]


def assert_prints(checkout: Path, command: str, expected: str) -> None:
    """The command ends well and prints what the page shows; `...` stands for anything."""
    done = subprocess.run(
        ["bash", "-c", command], cwd=checkout, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    printed = COLOURS.sub("", done.stdout)
    assert done.returncode == 0, f"{command}\n{printed[-5000:]}"
    assert doctest.OutputChecker().check_output(expected, printed, ALIKE), f"{command}\n{printed[-5000:]}"


def change(path: Path, diff: str) -> None:
    """Replace each removed line by the lines added after it; without a removed one, append them."""
    content = path.read_text()
    lines = diff.splitlines()
    gone = [line[1:] for line in lines if line.startswith("-")]
    come = "\n".join(line[1:] for line in lines if line.startswith("+"))
    if gone:
        assert content.count("\n".join(gone)) == 1, f"{path.name} has no such line: {gone}"
        path.write_text(content.replace("\n".join(gone), come))
    else:
        path.write_text(content.rstrip("\n") + f"\n{come}\n")
