"""``python -m ml forecast``, ``search`` and ``customers``: run a task of the models from the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from warehouse import UsageError, Warehouse, run_command


class _Parser(argparse.ArgumentParser):
    """Reports a wrong option in one line."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the options, run the task, print what it brought."""
    parser = _Parser(prog="python -m ml", description="Models over the marts, into schema ml.")
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    forecast = tasks.add_parser("forecast", help="net revenue of every store, category, country and product")
    forecast.add_argument("--store", nargs="+", action="extend", metavar="STORE", help="store_id; default all")
    forecast.add_argument(
        "--horizon", type=_whole_number, default=90, metavar="DAYS", help="days ahead, 1 to 365; default %(default)s"
    )
    forecast.add_argument("--as-of", type=_day, metavar="DATE", help="use nothing after this day, as 2024-12-31")
    training = forecast.add_mutually_exclusive_group()  # either forecast, or do one of these things instead
    training.add_argument("--retrain", action="store_true", default=None, help="try, judge and fit all models anew")
    training.add_argument(
        "--reuse", dest="retrain", action="store_false", help="use the kept models, however old (default: up to 6 days)"
    )
    training.add_argument(
        "--export", type=Path, metavar="FOLDER", help="write what learners see as Parquet and CSV, and forecast nothing"
    )
    training.add_argument(
        "--scenario", type=Path, metavar="FILE", help="forecast with the plans of a CSV file beside, and store nothing"
    )
    forecast.add_argument("--pictures", type=Path, metavar="FOLDER", help="also write the pictures, as HTML pages")
    search = tasks.add_parser("search", help="better settings for the learners of the forecast; changes nothing")
    search.add_argument("--store", nargs="+", action="extend", metavar="STORE", help="store_id; default all")
    search.add_argument(
        "--trials",
        type=_count,
        default=20,
        metavar="N",
        help="settings to try per learner, 1 to 500; default %(default)s",
    )
    scores = tasks.add_parser("customers", help="values, churn with reasons, and segments of every customer")
    scores.add_argument("--store", nargs="+", action="extend", metavar="STORE", help="store_id; default all")
    scores.add_argument(
        "--as-of", type=_day, metavar="DATE", help="a month end of two years, or the last complete day (default)"
    )
    scores.add_argument("--pictures", type=Path, metavar="FOLDER", help="also write the pictures, as HTML pages")
    options = parser.parse_args(arguments)

    # scikit-learn takes seconds to import, and a wrong option needs none of it
    if options.task == "forecast":
        from ml import forecasting
        from ml.forecasting import using

        chosen = (options.store, options.horizon, options.as_of)
        if options.export:
            print(using.export(Warehouse.open(), options.export, *chosen))
            return 0
        if options.scenario:
            report = using.scenario(Warehouse.open(), options.scenario, *chosen, progress=True)
        else:
            report = forecasting.run(Warehouse.open(), *chosen, options.retrain, progress=True)
    elif options.task == "search":
        from ml.forecasting import search as searching
        from ml.forecasting import using

        found = using.search_all(Warehouse.open(), options.store, options.trials, progress=True)
        print(searching.search_text(found))
        return 0
    else:
        from ml import customers

        report = customers.run(Warehouse.open(), options.store, options.as_of, progress=True)
    print(report.text())
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
        for name, figure in report.figures().items():
            figure.write_html(options.pictures / f"{quote(name, safe='')}.html")
        if options.task == "forecast" and options.scenario:
            report.write(options.pictures / "scenario.csv")
    return 0


def _whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"a horizon is a whole number of days, 1 to 365, not {text!r}") from None


def _count(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"a number of trials is a whole number, 1 to 500, not {text!r}") from None


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise UsageError(f"{text!r} is not a day of the calendar; write it as 2024-12-31") from None


if __name__ == "__main__":
    sys.exit(run_command(main))
