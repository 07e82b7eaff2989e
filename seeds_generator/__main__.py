"""``python -m seeds_generator``: write the files of a synthetic shop; ``extend`` or ``live``: let it go on."""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Sequence
from datetime import date, datetime
from typing import NoReturn

from seeds_generator.files import FORMATS, Delivery, extend, write
from seeds_generator.flaws import ENCODINGS, Flaws
from seeds_generator.live import LATE_RATE, live
from seeds_generator.parameters import EARLIEST_DATE, LATEST_DATE, RANGES, Parameters
from seeds_generator.presets import PRESETS
from seeds_generator.stores import STORES, find_store, is_known
from warehouse import UsageError, run_command

HELP = {
    "customers": "registered customers",
    "products": "products of the assortment",
    "orders": "orders, cancelled ones and those of guests included",
    "years": "length of the history",
    "seed": "the same seed makes the same bytes",
}
COMMANDS = ("extend", "live", "pictures")
SECONDS = {"": 1, "s": 1, "m": 60, "h": 3_600}
STORE, FOLDER = "harbour", "landing/shop"


class _Parser(argparse.ArgumentParser):
    """Reports a wrong option in one line."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the options, write the files, say what they hold."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments and arguments[0] in COMMANDS:
        return {"extend": _extend, "live": _live, "pictures": _pictures}[arguments[0]](arguments[1:])
    return _write(arguments)


def _write(arguments: Sequence[str]) -> int:
    parser = _Parser(
        prog="python -m seeds_generator",
        description="Write the five files of a shop that never existed, and the truth behind them.",
        epilog=f"Further: {', '.join(f'python -m seeds_generator {name} --help' for name in COMMANDS)}.",
    )
    for name, (low, high) in RANGES.items():
        parser.add_argument(
            f"--{name}",
            type=_whole_number,
            metavar="N",
            help=f"{HELP[name]}: {low:,} to {high:,} (default {getattr(Parameters, name)}, or the preset's)",
        )
    parser.add_argument(
        "--until",
        type=_day,
        default=Parameters.until,
        metavar="DATE",
        help=f"last day, {EARLIEST_DATE} to {LATEST_DATE} (default %(default)s)",
    )
    parser.add_argument("--through", type=_day, metavar="DATE", help="write fewer days, or go on beyond --until")
    parser.add_argument("--out", default=FOLDER, metavar="FOLDER", help="default %(default)s")
    parser.add_argument("--store", help=f"a store_id of stores.csv (default {STORE}, or the preset's own)")
    kinds = "; ".join(f"{name}: {preset.words}" for name, preset in PRESETS.items())
    parser.add_argument("--preset", help=f"another kind of shop. {kinds}".replace("%", "%%"))
    parser.add_argument("--format", default=FORMATS[0], help=f"{' or '.join(FORMATS)} (default %(default)s)")
    parser.add_argument(
        "--flaws", metavar="RATE", help="spoil that share of rows in each known way, 0 to 0.1 (default none)"
    )
    parser.add_argument("--encoding", default="utf-8", help=f"a flaw: {', '.join(ENCODINGS)} (default %(default)s)")
    parser.add_argument("--changed-columns", action="store_true", help="a flaw: columns in another order, and one more")
    options = parser.parse_args(arguments)

    started = time.perf_counter()
    delivery = write(_parameters(options), options.out, options.format, _flaws(options), progress=sys.stderr.isatty())
    _say(delivery, started)
    return 0


def _parameters(options: argparse.Namespace) -> Parameters:
    given = {name: getattr(options, name) for name in RANGES if getattr(options, name) is not None}
    common = {"until": options.until, "through": options.through}
    if options.preset is None:
        return Parameters(store=find_store(options.store or STORE), **common, **given)
    if options.preset not in PRESETS:
        raise UsageError(f"--preset: there is no {options.preset!r}; known: {', '.join(PRESETS)}")
    preset = PRESETS[options.preset]
    store = find_store(options.store) if options.store else preset.store
    if not is_known(store.store_id):
        row = f"{store.store_id},shop,{preset.store_name},{store.currency},{store.time_zone},{store.country_code}"
        print(f"before loading, add the line {row} to {STORES.relative_to(STORES.parents[2])}")
    return Parameters(store=store, behaviour=preset.behaviour, **common, **(preset.sizes | given))


def _flaws(options: argparse.Namespace) -> Flaws:
    others = {"encoding": options.encoding, "changed_columns": options.changed_columns}
    if options.flaws is None:
        return Flaws(**others)
    try:
        return Flaws.all_at(float(options.flaws), **others)
    except ValueError:
        raise UsageError(f"--flaws must be a share from 0 to 0.1, not {options.flaws!r}") from None


def _extend(arguments: Sequence[str]) -> int:
    parser = _Parser(
        prog="python -m seeds_generator extend",
        description="Let the shop in a folder go on: what is new and what has changed, in files of their own.",
    )
    parser.add_argument("--through", type=_day, required=True, metavar="DATE", help="last day then")
    parser.add_argument("--out", default=FOLDER, metavar="FOLDER", help="where the shop is (default %(default)s)")
    options = parser.parse_args(arguments)
    if not isinstance(options.through, date):
        raise UsageError(f"--through must be a day such as 2026-03-31, not {options.through!r}")
    started = time.perf_counter()
    _say(extend(options.out, options.through), started)
    return 0


def _live(arguments: Sequence[str]) -> int:
    parser = _Parser(
        prog="python -m seeds_generator live",
        description="Deliver what happens next in the shop of a folder, until told to stop (Ctrl-C).",
    )
    parser.add_argument(
        "--every", default="2s", metavar="TIME", help="between deliveries: 500ms, 2s, 5m (default %(default)s)"
    )
    parser.add_argument(
        "--orders", type=_whole_number, default=20, metavar="N", help="new ones a delivery (default 20)"
    )
    parser.add_argument(
        "--for", dest="duration", metavar="TIME", help="stop after so long, such as 1h (default: never)"
    )
    parser.add_argument(
        "--late-rate", default=str(LATE_RATE), metavar="RATE", help="of orders come late (default %(default)s)"
    )
    parser.add_argument("--out", default=FOLDER, metavar="FOLDER", help="where the shop is (default %(default)s)")
    options = parser.parse_args(arguments)
    if not isinstance(options.orders, int):
        raise UsageError(f"--orders must be a whole number, not {options.orders!r}")
    try:
        late_rate = float(options.late_rate)
    except ValueError:
        late_rate = -1.0
    if not 0 <= late_rate <= 1:
        raise UsageError(f"--late-rate must be a share from 0 to 1, not {options.late_rate!r}")
    pause = _seconds(options.every, "--every")
    next_one = time.monotonic()
    stop_at = next_one + _seconds(options.duration, "--for") if options.duration else float("inf")
    try:
        for delivery in live(options.out, options.orders, late_rate):
            counts = ", ".join(f"{count:,} {table.replace('_', ' ')}" for table, count in delivery.rows.items())
            print(f"{delivery.folder.name}: {counts}", flush=True)
            next_one = max(next_one + pause, time.monotonic())
            if next_one >= stop_at:
                break
            time.sleep(next_one - time.monotonic() if next_one > time.monotonic() else 0)
        else:
            print("the shop has reached the present; for a longer feed write one with an earlier --until")
    except KeyboardInterrupt:
        print("stopped")
    return 0


def _pictures(arguments: Sequence[str]) -> int:
    parser = _Parser(
        prog="python -m seeds_generator pictures",
        description="Draw the shop in a folder, from its files and its truth.",
    )
    parser.add_argument("--out", default=FOLDER, metavar="FOLDER", help="where the shop is (default %(default)s)")
    parser.add_argument("--to", default="docs/images", metavar="FOLDER", help="default %(default)s")
    options = parser.parse_args(arguments)
    from seeds_generator.pictures import draw  # pandas is not needed elsewhere

    for path in draw(options.out, options.to):
        print(path)
    return 0


def _say(delivery: Delivery, started: float) -> None:
    counts = ", ".join(f"{count:,} {table.replace('_', ' ')}" for table, count in delivery.rows.items())
    state = "unchanged" if delivery.is_unchanged else f"written in {time.perf_counter() - started:.1f} s"
    print(f"{delivery.folder}: {counts}; {delivery.first_date} to {delivery.last_date}; {state}")


def _seconds(text: str, option: str) -> float:
    """Seconds of a time such as 500ms, 2s, 5m or 1h."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h)?", text)
    if not found:
        raise UsageError(f"{option} must be a time such as 500ms, 2s, 5m or 1h, not {text!r}")
    return float(found[1]) * {**SECONDS, "ms": 0.001}[found[2] or ""]


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
