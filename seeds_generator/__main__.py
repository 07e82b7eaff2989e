"""``python -m seeds_generator``: write the files of a synthetic shop."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import date, datetime
from typing import NoReturn

from seeds_generator.files import write
from seeds_generator.parameters import EARLIEST_DATE, LATEST_DATE, RANGES, Parameters
from seeds_generator.stores import find_store
from warehouse import UsageError, run_command

HELP = {
    "customers": "registered customers",
    "products": "products of the assortment",
    "orders": "orders, cancelled ones and those of guests included",
    "years": "length of the history",
    "seed": "the same seed makes the same bytes",
}


class _Parser(argparse.ArgumentParser):
    """Reports a wrong option in one line."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the options, write the files, say what they hold."""
    parser = _Parser(prog="python -m seeds_generator", description="Write the five files of a shop that never existed.")
    for name, (low, high) in RANGES.items():
        parser.add_argument(
            f"--{name}",
            type=_whole_number,
            default=getattr(Parameters, name),
            metavar="N",
            help=f"{HELP[name]}: {low:,} to {high:,} (default %(default)s)",
        )
    parser.add_argument(
        "--until",
        type=_day,
        default=Parameters.until,
        metavar="DATE",
        help=f"last day, {EARLIEST_DATE} to {LATEST_DATE} (default %(default)s)",
    )
    parser.add_argument("--out", default="landing/shop", metavar="FOLDER", help="default %(default)s")
    parser.add_argument("--store", default="harbour", help="a store_id of stores.csv (default %(default)s)")
    options = vars(parser.parse_args(arguments))

    folder, store_id = options.pop("out"), options.pop("store")
    parameters = Parameters(store=find_store(store_id), **options)
    started = time.perf_counter()
    delivery = write(parameters, folder)
    counts = ", ".join(f"{count:,} {table.replace('_', ' ')}" for table, count in delivery.rows.items())
    state = "unchanged" if delivery.is_unchanged else f"written in {time.perf_counter() - started:.1f} s"
    print(f"{delivery.folder}: {counts}; {parameters.first_date} to {parameters.until}; {state}")
    return 0


def _whole_number(text: str) -> int | str:
    """The number, or the text itself where it is none: the parameters know what is allowed and say so."""
    try:
        return int(text)
    except ValueError:
        return text


def _day(text: str) -> date | str:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        return text


if __name__ == "__main__":
    sys.exit(run_command(main))
