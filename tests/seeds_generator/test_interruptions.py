"""Files appear whole or not at all, whatever happens to the run, and no other files are overwritten."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time

import pytest

from seeds_generator import TABLES, write
from warehouse import REPOSITORY, DataError


@pytest.mark.parametrize("damage", ["changed", "truncated", "missing", "manifest broken"])
def test_a_damaged_shop_is_written_again(small, contents, tmp_path, damage):
    write(small, tmp_path)
    whole = contents(tmp_path)
    orders = tmp_path / "orders.csv"
    if damage == "changed":
        orders.write_bytes(whole["orders"].replace(b"completed", b"cancelled", 1))
    elif damage == "truncated":
        orders.write_bytes(whole["orders"][:-10])
    elif damage == "missing":
        orders.unlink()
    else:
        (tmp_path / ".shop.json").write_text('{"files": ')
    delivery = write(small, tmp_path)

    assert not delivery.is_unchanged
    assert contents(tmp_path) == whole


def test_files_of_somebody_else_are_not_overwritten(small, tmp_path):
    (tmp_path / "orders.csv").write_text("order_id\n1\n")

    with pytest.raises(DataError, match=r"orders\.csv from elsewhere"):
        write(small, tmp_path)
    assert (tmp_path / "orders.csv").read_text() == "order_id\n1\n"


def test_a_run_that_is_killed_leaves_the_old_files_and_the_next_one_no_strays(small, contents, tmp_path):
    write(small, tmp_path)
    before = contents(tmp_path)
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "seeds_generator",
            "--orders",
            "600000",
            "--customers",
            "60000",
            "--out",
            str(tmp_path),
        ],
        cwd=REPOSITORY,
    )
    part = tmp_path / ".order_items.csv.part"
    deadline = time.monotonic() + 60
    while not (part.exists() and part.stat().st_size > 0):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()

    assert contents(tmp_path) == before
    assert write(small, tmp_path).is_unchanged
    assert {path.name for path in tmp_path.iterdir()} == {".shop.json", "truth", *(f"{table}.csv" for table in TABLES)}


def test_a_run_that_is_killed_while_it_renames_is_mended_by_the_next(small, small_options, contents, tmp_path):
    killed = (
        "import os, sys\n"
        "from seeds_generator.__main__ import main\n"
        "rename, names = os.replace, []\n"
        "def rename_two(source, target):\n"
        "    names.append(target)\n"
        "    os._exit(9) if len(names) > 2 else rename(source, target)\n"
        "os.replace = rename_two\n"
        "main(sys.argv[1:])\n"
    )
    command = [sys.executable, "-c", killed, *small_options, "--out", str(tmp_path / "shop")]
    assert subprocess.run(command, cwd=REPOSITORY, check=False).returncode == 9
    write(small, tmp_path / "shop")
    write(small, tmp_path / "undisturbed")

    assert contents(tmp_path / "shop") == contents(tmp_path / "undisturbed")


def test_two_writers_of_one_folder_wait_for_each_other(small, tmp_path):
    deliveries = []
    writers = [
        threading.Thread(target=lambda: deliveries.append(write(small, tmp_path).is_unchanged)) for _ in range(3)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert sorted(deliveries) == [False, True, True]
