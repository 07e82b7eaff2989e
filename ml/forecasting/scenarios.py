"""What if: the published forecast with other plans, beside the one without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ml.forecasting.backtest import DECIMALS
from ml.forecasting.effects import CalendarEffects
from ml.forecasting.plans import EVENT_COLUMNS, planned_days
from ml.forecasting.predicting import predict
from ml.forecasting.store import Store
from ml.forecasting.training import Training

if TYPE_CHECKING:
    import plotly.graph_objects as go

LEVELS = ("total", "category")
HEADS = ("series", "days", "base", "scenario", "difference", "%")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class StoreScenario:
    """One store with plans and without.

    ``rows`` has one row per series and day ahead: ``series_level`` (total or category), ``series_key``,
    ``forecast_date``, ``base``, ``scenario``, ``difference`` (all in ``currency``) and ``is_planned`` (whether a plan
    is on). ``notes`` say what the forecast could not know.
    """

    store_id: str
    store_name: str
    currency: str
    cutoff: pd.Timestamp
    rows: pd.DataFrame
    notes: Sequence[str]


@dataclass(frozen=True)
class ScenarioReport:
    """The scenario of every store that has plans."""

    stores: Sequence[StoreScenario]

    def text(self) -> str:
        """A table per store for the terminal: the whole horizon, and the days of the plans."""
        lines = []
        for store in self.stores:
            table = [HEADS, *_lines(store.rows)]
            widths = [max(len(line[place]) for line in table) for place in range(len(HEADS))]
            lines.append(f"{store.store_id}: net revenue after {store.cutoff:%Y-%m-%d}, in {store.currency}")
            for line in table:
                words = [cell.ljust(width) for cell, width in zip(line[:2], widths, strict=False)]
                numbers = [cell.rjust(width) for cell, width in zip(line[2:], widths[2:], strict=True)]
                lines.append("  " + "  ".join(words + numbers))
            lines += [f"  {note}" for note in store.notes]
        return "\n".join(lines)

    def figures(self) -> dict[str, go.Figure]:
        """A picture of both forecasts per store."""
        from ml.forecasting.plots import scenario_figure  # plotly takes long to import

        return {
            f"{store.store_id}_scenario": scenario_figure(
                store.rows[store.rows["series_level"] == "total"], store.store_name, store.currency
            )
            for store in self.stores
        }

    def write(self, path: Path) -> None:
        """All rows of all stores as CSV; text that a spreadsheet would take for a formula is written behind a quote."""
        rows = pd.concat([store.rows.assign(store_id=store.store_id) for store in self.stores])
        for column in ("store_id", "series_key"):
            is_formula = rows[column].str.startswith(FORMULA_STARTS)
            rows[column] = rows[column].where(~is_formula, "'" + rows[column])
        names = ["store_id", *(name for name in rows.columns if name != "store_id")]
        rows[names].to_csv(path, index=False, date_format="%Y-%m-%d")


def imagine(store: Store, training: Training, cutoff: pd.Timestamp, plans: pd.DataFrame) -> StoreScenario:
    """Forecast a store from a cutoff by a kept training, with plans added to its own and without; stores nothing.

    ``plans`` as of ``read_plans``, checked by ``check_plans``. A promotion has the lift that earlier ones had, by being
    shown and per percent of discount; a price counts by its percent of discount; a closure sells nothing.
    """
    added = plans[list(EVENT_COLUMNS)]
    known = store.events.assign(
        **{name: pd.to_datetime(store.events[name]) for name in ("starts_on", "ends_on") if name in store.events}
    )
    events = pd.concat([known, added], ignore_index=True) if len(known) else added
    keys = ["series_level", "series_key", "forecast_date"]
    base, other = (
        _published(predict(variant, training, cutoff).rows)
        for variant in (store, store.with_events(events.reset_index(drop=True)))
    )
    rows = base.merge(other.rename(columns={"forecast": "scenario"}), on=keys, validate="one_to_one")
    rows = rows.rename(columns={"forecast": "base"})
    rows["difference"] = (rows["scenario"] - rows["base"]).round(DECIMALS)
    rows["is_planned"] = planned_days(plans, pd.DatetimeIndex(rows["forecast_date"]))
    return StoreScenario(store.store_id, store.name, store.currency, cutoff, rows, _notes(store, cutoff, plans))


def _published(rows: pd.DataFrame) -> pd.DataFrame:
    chosen = rows[rows["is_champion"] & (rows["period_days"] == 1) & rows["series_level"].isin(LEVELS)]
    return chosen[["series_level", "series_key", "forecast_date", "forecast"]].reset_index(drop=True)


def _notes(store: Store, cutoff: pd.Timestamp, plans: pd.DataFrame) -> list[str]:
    shown, per_pct = CalendarEffects(store.history[:cutoff], store.calendar(cutoff)).lift_
    kinds = set(plans["event_kind"])
    notes = []
    if "promotion" in kinds and shown == per_pct == 0.0:
        notes.append("no promotion to learn from: assumed without effect")
    if "price" in kinds:
        if per_pct == 0.0:
            notes.append("no discount to learn a price change from: assumed without effect")
        else:
            notes.append("a price change is taken to work as a percent of discount did in promotions")
    return notes


def _lines(rows: pd.DataFrame) -> list[tuple[str, ...]]:
    lines = []
    day_count, planned_count = (part["forecast_date"].nunique() for part in (rows, rows[rows["is_planned"]]))
    for key, own in rows.groupby(["series_level", "series_key"], sort=False):
        for days, part in ((f"all {day_count}", own), (f"{planned_count} planned", own[own["is_planned"]])):
            base, scenario = part["base"].sum(), part["scenario"].sum()
            change = f"{100.0 * (scenario / base - 1.0):+.1f}%" if base > 0.0 else "-"
            lines.append((key[1], days, f"{base:,.0f}", f"{scenario:,.0f}", f"{scenario - base:+,.0f}", change))
    return lines
