"""Plans that might be: a file of promotions, closures and prices, in the columns of the seed ``calendar_events``."""

from __future__ import annotations

import csv
from collections.abc import Collection
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd

from ml.forecasting.store import Store
from warehouse import DataError, UsageError

EVENT_COLUMNS = ("event_name", "event_kind", "starts_on", "ends_on", "category", "product_id", "discount_pct")
COLUMNS = ("store_id", *EVENT_COLUMNS)
KINDS = ("promotion", "closure", "price")
DISCOUNTS_PCT = {"promotion": (0.0, 100.0), "price": (-1000.0, 100.0)}
KEY = ["store_id", "event_name", "starts_on", "category", "product_id"]


def read_plans(path: Path, stores: Collection[str], only: str | None = None) -> pd.DataFrame:
    """The plans of a CSV file, a row each: the columns of ``calendar_events``, typed, and ``line``.

    Parameters
    ----------
    path : Path
    stores : collection of str
        The stores that there are.
    only : str or None
        Whose plans they are where the file has no column ``store_id``.

    Raises
    ------
    UsageError
        Where there is no such file.
    DataError
        For what cannot be understood: file, line, what is wrong and what to do, in one line.
    """
    lines = _read_lines(path)
    names = [name.strip() for name in lines[0][1]] if lines else []
    _check_header(path, names, needs_store=only is None)
    rows = []
    for line, fields in lines[1:]:
        where = f"{path.name}, line {line}"
        if len(fields) != len(names):
            raise DataError(f"{where}: {len(fields)} fields, but {len(names)} columns; put text with commas in quotes")
        own = dict.fromkeys(COLUMNS, "") | {"store_id": only or ""}
        own |= {name: field.strip() for name, field in zip(names, fields, strict=True)}
        rows.append({"line": line, **_typed(where, own, stores)})
    if not rows:
        raise DataError(f"{path.name}: there is no plan in it; add a line below the heads")
    plans = pd.DataFrame(rows)
    twice = plans[plans.duplicated(KEY)]
    if len(twice):
        again = twice.iloc[0]
        raise DataError(f"{path.name}, line {again['line']}: {again['event_name']!r} is listed twice; leave one out")
    return plans


def check_plans(store: Store, plans: pd.DataFrame, cutoff: pd.Timestamp, horizon_days: int, file: str) -> None:
    """Raise DataError for the first plan that a forecast from the cutoff cannot take in."""
    last_day = cutoff + pd.Timedelta(days=horizon_days)
    planned = store.events
    for plan in plans.itertuples():
        where = f"{file}, line {plan.line}"
        if plan.starts_on <= cutoff:
            raise DataError(
                f"{where}: starts_on {plan.starts_on:%Y-%m-%d} is over; choose a day after {cutoff:%Y-%m-%d}"
            )
        if plan.starts_on > last_day:
            raise DataError(
                f"{where}: starts_on {plan.starts_on:%Y-%m-%d} lies after the last day forecast, {last_day:%Y-%m-%d}; "
                "choose an earlier day, or forecast farther with --horizon"
            )
        for column, level in (("category", "category"), ("product_id", "product")):
            key = getattr(plan, column)
            known = store.levels[level].panel.columns if level in store.levels else ()
            if key and key not in known:
                raise DataError(
                    f"{where}: store {store.store_id} has sold nothing of {column} {key!r}{_near(key, known)}"
                )
        same = planned[KEY[1:]].assign(starts_on=pd.to_datetime(planned["starts_on"])) if len(planned) else planned
        own = (plan.event_name, plan.starts_on, plan.category, plan.product_id)
        if len(same) and any(own == tuple(row) for row in same.itertuples(index=False)):
            raise DataError(
                f"{where}: {plan.event_name!r} of {plan.starts_on:%Y-%m-%d} is planned already, so the base forecast "
                "has it; leave it out"
            )


def planned_days(plans: pd.DataFrame, days: pd.DatetimeIndex) -> np.ndarray:
    """Per day, whether any of the plans is on."""
    is_on = np.zeros(len(days), dtype=bool)
    for plan in plans.itertuples():
        is_on |= (days >= plan.starts_on) & (pd.isna(plan.ends_on) | (days <= plan.ends_on))
    return is_on


def _read_lines(path: Path) -> list[tuple[int, list[str]]]:
    """The lines that hold something, with their numbers."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            return [(reader.line_num, fields) for fields in reader if any(field.strip() for field in fields)]
    except (FileNotFoundError, IsADirectoryError, PermissionError):
        raise UsageError(f"there is no file {path} to read plans from") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path.name}: byte {error.start} is no UTF-8; save the file as UTF-8") from None
    except csv.Error as error:
        raise DataError(f"{path.name}, line {reader.line_num}: {error}; close every quote") from None


def _check_header(path: Path, names: list[str], needs_store: bool) -> None:
    wanted = ", ".join(COLUMNS)
    if not names:
        raise DataError(f"{path.name}: the file is empty; its first line names the columns {wanted}")
    for name in names:
        if name not in COLUMNS:
            raise DataError(f"{path.name}, line 1: unknown column {name!r}{_near(name, COLUMNS)}; columns are {wanted}")
        if names.count(name) > 1:
            raise DataError(f"{path.name}, line 1: column {name!r} is there twice; leave one out")
    for name in COLUMNS if needs_store else EVENT_COLUMNS:
        if name not in names:
            hint = ", or name one store by --store" if name == "store_id" else ""
            raise DataError(f"{path.name}, line 1: column {name!r} is missing; add it{hint}")


def _typed(where: str, own: dict[str, str], stores: Collection[str]) -> dict:
    kind = own["event_kind"].lower()
    if own["store_id"] not in stores:
        raise DataError(f"{where}: there is no store {own['store_id']!r}{_near(own['store_id'], stores)}")
    if not own["event_name"]:
        raise DataError(f"{where}: event_name is empty; give the plan a name")
    if kind not in KINDS:
        raise DataError(f"{where}: event_kind {own['event_kind']!r} is none of {', '.join(KINDS)}")
    starts_on, ends_on = (_day(where, name, own[name]) for name in ("starts_on", "ends_on"))
    if starts_on is None:
        raise DataError(f"{where}: starts_on is empty; write the first day as 2024-12-31")
    if ends_on is None and kind != "price":
        raise DataError(f"{where}: ends_on is empty; a {kind} has a last day, only a price may stay")
    if ends_on is not None and ends_on < starts_on:
        raise DataError(f"{where}: ends_on {ends_on:%Y-%m-%d} lies before starts_on {starts_on:%Y-%m-%d}")
    if kind == "closure" and (own["category"] or own["product_id"]):
        raise DataError(f"{where}: a closure is of the whole store; leave category and product_id empty")
    return {
        **{name: own[name] for name in ("store_id", "event_name", "category", "product_id")},
        "event_kind": kind,
        "starts_on": starts_on,
        "ends_on": pd.NaT if ends_on is None else ends_on,
        "discount_pct": _discount(where, kind, own["discount_pct"]),
    }


def _day(where: str, name: str, text: str) -> pd.Timestamp | None:
    if not text:
        return None
    try:
        if len(text) != len("2024-12-31"):
            raise ValueError
        return pd.Timestamp(date.fromisoformat(text))
    except ValueError:
        raise DataError(f"{where}: {name} {text!r} is not a day of the calendar; write it as 2024-12-31") from None


def _discount(where: str, kind: str, text: str) -> float:
    if kind == "closure":
        if text:
            raise DataError(f"{where}: a closure has no discount_pct, but here stands {text!r}; leave it empty")
        return np.nan
    low, high = DISCOUNTS_PCT[kind]
    try:
        discount = float(text)
    except ValueError:
        discount = np.nan
    if not low <= discount <= high:
        raise DataError(
            f"{where}: discount_pct {text!r} of a {kind} is no number from {low:g} to {high:g}, such as 12.5"
        )
    return discount


def _near(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, [str(one) for one in known], n=1, cutoff=0.4)
    return f"; did you mean {near[0]}?" if near else ""
