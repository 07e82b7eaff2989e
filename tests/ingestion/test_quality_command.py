"""The landing gate as a command, and the pages that it writes."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ingestion.conftest import ITEMS, item
from warehouse import REPOSITORY

QUALITY, USAGE = 6, 2
SCRIPT = "<script>alert(%s)</script>"


@pytest.fixture
def quality(warehouse, tmp_path):
    """``quality(*arguments)``: exit code, stdout and stderr of the check, in a home that is not there."""
    (tmp_path / "tmp").mkdir()

    def run(*arguments: object) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "ingestion", "check", *map(str, arguments)]
        folders = {"HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "tmp")}
        environment = {"DATABASE_URL": warehouse.settings.url, "PATH": "", **folders}
        done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, env=environment)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    return run


def test_without_rows_there_is_nothing_to_check(quality):
    assert quality() == (0, "there are no rows to check yet\n", "")


def test_each_expectation_is_a_line_with_severity_result_and_numbers(quality, deliver):
    deliver("order_items.csv", ITEMS + item(1) + item(2, quantity=5000))
    code, told, complaints = quality()

    lines = [re.split(r"  +", line) for line in told.splitlines()]
    assert (code, complaints) == (0, "")
    assert lines[0] == ["shop", "expectation", "severity", "result", "observed"]
    assert ["order_items", "key_is_unique", "error", "met", "0 of 2 rows repeat a key"] in lines
    assert [
        "order_items", "quantity_in_expected_range", "warn", "warns",
        "1 of 2 rows (50 %) lie outside, such as store_id a, item_id 2, quantity 5000.0000",
    ] in lines  # fmt: skip
    assert ["customers", "key_is_unique", "error", "met", "no rows"] in lines


def test_a_failed_error_is_one_line_and_exit_code_six(quality, deliver, warehouse):
    deliver("order_items.csv", ITEMS + item(1))
    with warehouse.connect() as connection:
        connection.execute("update raw_shop.order_items set quantity = null, unit_price = null")
    code, told, complaints = quality("shop")

    assert code == QUALITY
    assert "failed" in told
    assert complaints == (
        "error: shop.order_items: quantity_is_filled: 1 of 1 rows (100 %) are null, "
        "such as store_id a, item_id 1, quantity null (and 1 more)\n"
    )


def test_the_pages_need_no_network_hold_no_password_and_no_live_value_of_the_data(
    quality, deliver, warehouse, tmp_path
):
    deliver("order_items.csv", ITEMS + item(1) + item(2, product=SCRIPT % "product"))
    with warehouse.connect() as connection:
        connection.execute(
            "update raw_shop.order_items set item_id = item_id || %s, quantity = null", (SCRIPT % "key",)
        )
        connection.execute("insert into raw_shop.orders (_load_id, _line, store_id, order_id, status) values "
                           "(1, 1, 'a', 'x', %s)", (SCRIPT % "domain",))  # fmt: skip
    before = set(REPOSITORY.iterdir())
    code, told, _ = quality("--docs", tmp_path / "docs")

    assert code == QUALITY
    assert told.splitlines()[-1] == f"open {tmp_path}/docs/index.html"
    pages = {path.name: path.read_text() for path in (tmp_path / "docs").iterdir()}
    assert set(pages) == {"index.html", "shop.order_items.html", "shop.orders.html"}
    for name, page in pages.items():
        assert warehouse.settings.password not in page, name
        assert not re.search(r"""(src|href|action)\s*=\s*["']?(https?:)?//""", page), name
        assert "<script" not in page, name
        for link in re.findall(r'href="([^"#]+)"', page):
            assert link in pages, link
    assert html.escape(SCRIPT % "domain") in pages["index.html"]
    assert html.escape(SCRIPT % "domain") in pages["shop.orders.html"]
    assert "quantity is never null. (error)" in pages["shop.order_items.html"]
    assert set(REPOSITORY.iterdir()) == before
    assert not (tmp_path / "home").exists()
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("shpo",), "there is no source 'shpo'; did you mean shop?"),
        (("--docs", Path("pyproject.toml") / "docs"), "pyproject.toml/docs cannot be made"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(quality, arguments, complaint):
    code, _, complaints = quality(*arguments)

    assert code == USAGE
    assert complaint in complaints
    assert complaints.count("\n") == 1
