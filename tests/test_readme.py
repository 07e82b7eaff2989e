"""What the README shows is what happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from warehouse import REPOSITORY

README = (REPOSITORY / "README.md").read_text()
NUMBER = re.compile(r"\d[\d,]*\.?\d*")


def numbers(line: str) -> list[float]:
    return [float(text.replace(",", "")) for text in NUMBER.findall(line)]


def test_the_demo_ends_with_what_the_readme_shows(warehouse, tmp_path):
    (tmp_path / "home").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "orchestration", "run", "everything"],
        cwd=REPOSITORY, capture_output=True, text=True,
        env={**os.environ, "TIDEMART_HOME": str(tmp_path / "home"), "TIDEMART_LANDING": str(tmp_path / "landing")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    shown = re.search(r"<!-- demo -->\n```\n(.*?)```", README, re.S).group(1)

    for start in ("rows", "dbt", "harbour"):
        (said,) = [line for line in done.stdout.splitlines() if line.startswith(start)]
        (written,) = [line for line in shown.splitlines() if line.startswith(start)]
        assert NUMBER.sub("n", said).split() == NUMBER.sub("n", written).split()
        # other versions of the libraries round otherwise
        assert numbers(said) == pytest.approx(numbers(written), rel=0.02 if start == "harbour" else 0)


def test_every_target_that_the_readme_names_is_there():
    targets = set(re.findall(r"^([a-z]+):.*##", (REPOSITORY / "Makefile").read_text(), re.M))

    assert set(re.findall(r"(?:`|^)make (?:-s )?([a-z]+)", README, re.M)) <= targets


def test_every_link_of_the_documents_leads_somewhere():
    for document in [REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")]:
        for link in re.findall(r"\]\((?!http)([^)#]+)\)", document.read_text()):
            assert (document.parent / link).exists(), f"{document.name}: {link}"
