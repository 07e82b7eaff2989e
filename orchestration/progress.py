"""A run as a reader of the terminal wants to see it: one line per step, with its seconds."""

from __future__ import annotations

import logging
import sys

import dagster as dg

TITLES = {
    "landing__shop": "make the shop's files",
    "dbt_marts": "dbt build: staging to marts",
    "ml__forecast_results": "forecast",
    "dbt_predictions": "dbt build: score the forecasts",
}


class _StepLines(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_event", None)  # where Dagster keeps it on its records
        if event is None or event.step_key is None:
            return
        title = TITLES.get(event.step_key, event.step_key.replace("_", " "))
        # not sys.stdout, which a run of the command line turns over to the log
        if event.is_step_start and sys.__stdout__.isatty():
            print(f"  {title} ...", end="\r", file=sys.__stdout__, flush=True)
        elif event.is_step_success:
            seconds = event.step_success_data.duration_ms / 1000
            print(f"  {title:<32}{seconds:6.1f} s", file=sys.__stdout__, flush=True)


@dg.logger(description="One line per step on standard output.")
def progress_logger(_: dg.InitLoggerContext) -> logging.Logger:
    """A logger that prints when a step starts and how long it took."""
    logger = logging.Logger("progress", level=logging.DEBUG)
    logger.addHandler(_StepLines())
    return logger
