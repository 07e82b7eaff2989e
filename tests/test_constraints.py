"""The lists of versions are exact, free of addresses, and agree with each other."""

from __future__ import annotations

import re

from warehouse import REPOSITORY

PIN = re.compile(r"[a-z0-9][a-z0-9-]*==[0-9][\w.]*( ; [^#@]+)?")


def read_pins(name: str) -> list[str]:
    return (REPOSITORY / name).read_text().splitlines()


def test_constraints_are_exact_and_name_no_index():
    for name in ("constraints.txt", "constraints-dev.txt"):
        assert [line for line in read_pins(name) if not PIN.fullmatch(line)] == []


def test_development_adds_to_the_ordinary_environment():
    assert set(read_pins("constraints.txt")) < set(read_pins("constraints-dev.txt"))


def test_excluded_package_is_not_installed():
    assert not [line for line in read_pins("constraints-dev.txt") if line.startswith("dbt-core-experimental-parser")]
