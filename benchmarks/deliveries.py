"""A shop's history in two deliveries: all but its last day, and that day with what comes late and what changes."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

LATE_DAYS = 7
LATE_ORDERS = CHANGED_ORDERS = 20
FILES_OF_ORDERS = ("orders.csv", "order_items.csv", "order_adjustments.csv")


def hold_back_a_day(shop: Path, last_day: date, history: Path, increment: Path) -> None:
    """Divide the files of a generated shop; the folder ``shop`` is gone afterwards.

    ``increment`` gets the orders of the last day with all that is theirs, what was adjusted on that day, 20 orders of
    the 7 days before that come late, and 20 orders of those days that ``history`` has as completed, now cancelled.
    The generator's files hold no quotes, so a comma always ends a field.
    """
    days_before = {(last_day - timedelta(days=days)).isoformat() for days in range(1, LATE_DAYS + 1)}
    today, completed = set(), []
    for order_id, ordered_at, status in _columns(shop / "orders.csv", "order_id", "ordered_at", "status"):
        if ordered_at.startswith(last_day.isoformat()):
            today.add(order_id)
        elif ordered_at[:10] in days_before and status == "completed":
            completed.append(order_id)
    late = set(_spread(completed, LATE_ORDERS))
    changed = set(_spread([order_id for order_id in completed if order_id not in late], CHANGED_ORDERS))

    for folder in (history, increment):
        folder.mkdir(parents=True)
    for name in FILES_OF_ORDERS:
        with (shop / name).open() as rows, (history / name).open("w") as known, (increment / name).open("w") as new:
            header = next(rows)
            place = {column: position for position, column in enumerate(header.rstrip("\n").split(","))}
            known.write(header)
            new.write(header)
            for row in rows:
                fields = row.rstrip("\n").split(",")
                order_id = fields[place["order_id"]]
                is_of_today = "adjusted_at" in place and fields[place["adjusted_at"]].startswith(last_day.isoformat())
                is_new = order_id in today or order_id in late or is_of_today
                (new if is_new else known).write(row)
                if "status" in place and order_id in changed:
                    fields[place["status"]] = "cancelled"
                    new.write(",".join(fields) + "\n")
        (shop / name).unlink()
    for path in shop.glob("*.csv"):
        path.rename(history / path.name)
    shutil.rmtree(shop)


def rows_of(folder: Path) -> dict[str, int]:
    """Rows of each file of a folder, without the headers."""
    counts = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open("rb") as lines:
            counts[path.name] = sum(1 for _ in lines) - 1
    return counts


def _columns(path: Path, *names: str):
    with path.open() as rows:
        header = next(rows).rstrip("\n").split(",")
        places = [header.index(name) for name in names]
        for row in rows:
            fields = row.rstrip("\n").split(",")
            yield tuple(fields[place] for place in places)


def _spread(values: list[str], count: int) -> list[str]:
    """So many of the values, evenly from the first to the last."""
    return [values[number * len(values) // count] for number in range(min(count, len(values)))]
