"""Flaws on purpose, each at a known rate: what real exports suffer from, and what the loader must say of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields

import numpy as np

from seeds_generator.streams import Streams
from warehouse import UsageError

REJECTED, DUPLICATE, LOADED = "rejected", "duplicate", "loaded"
ENCODINGS = ("utf-8", "latin-1", "cp1252", "utf-16")
UNKNOWN_CUSTOMER, UNKNOWN_PRODUCT = "C-UNKNOWN", "P-UNKNOWN"
NO_NUMBER = "is not a number with at most 11 digits before the point and 4 after it"
NO_QUANTITY = "is not a number from -1000000 to 1000000 with at most 4 digits after the point"
LATE_FILE_MARK = "_late"


@dataclass(frozen=True, kw_only=True)
class Flaws:
    """How often which flaw is made. Rates are shares of the rows of the tables concerned; all off by default.

    ``double_rate``: a row comes twice, the second time right after the first. ``late_rate``: orders are missing from
    their file and come in ``orders_late.csv``. ``blank_rate``: stray blanks around a status, category or kind.
    ``case_rate``: a product's id is written in small letters on a line. ``missing_customer_rate``: an order of a
    customer whom the customers' file does not know. ``unknown_product_rate``: a line of such a product.
    ``number_rate``: amounts with a decimal comma, a currency sign, an exponent or no digits. ``date_rate``: days and
    hours that do not exist, or in another order. ``missing_key_rate``: an id that is empty or the word NULL.
    ``conflict_rate``: the key of the row before with another amount. ``changed_columns``: columns in reverse order,
    with an unexpected one. ``encoding``: of all files, which the loader then needs as an option.
    """

    double_rate: float = 0.0
    late_rate: float = 0.0
    blank_rate: float = 0.0
    case_rate: float = 0.0
    missing_customer_rate: float = 0.0
    unknown_product_rate: float = 0.0
    number_rate: float = 0.0
    date_rate: float = 0.0
    missing_key_rate: float = 0.0
    conflict_rate: float = 0.0
    changed_columns: bool = False
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        for rate in self.rates():
            value = getattr(self, rate)
            if not isinstance(value, int | float) or not 0 <= value <= 0.1:
                raise UsageError(f"flaws: {rate} must be a share from 0 to 0.1, not {value!r}")
        if self.encoding not in ENCODINGS:
            raise UsageError(f"flaws: there is no encoding {self.encoding!r}; choose one of {', '.join(ENCODINGS)}")

    @classmethod
    def rates(cls) -> list[str]:
        """The names of all rates."""
        return [known.name for known in fields(cls) if known.name.endswith("_rate")]

    @classmethod
    def all_at(cls, rate: float, **others: object) -> Flaws:
        """Every flaw of rows at one rate."""
        return cls(**dict.fromkeys(cls.rates(), rate), **others)

    @property
    def are_on(self) -> bool:
        """Whether anything is flawed."""
        return self != Flaws()


@dataclass(frozen=True)
class FlawedRow:
    """A flawed row: where it is, what is wrong and what the loader must do with it.

    ``column`` and ``reason`` are the loader's, empty where it has nothing to say.
    """

    file: str
    line: int
    flaw: str
    verdict: str
    column: str = ""
    reason: str = ""


def _shown(value: str, reason: str) -> str:
    return f"{value!r} {reason}"


# what is put in place of a good value, and what the loader says of it
NUMBERS: tuple[Callable[[str], str], ...] = (
    lambda value: value.replace(".", ","),
    lambda value: f"${value}",
    lambda value: f"{value}e1",
    lambda value: "n/a",
)
QUANTITIES = ("2,5", "two", "1e1", "9999999999")
DATES: tuple[Callable[[str], str], ...] = (
    lambda value: f"{value[:4]}-02-30{value[10:]}",
    lambda value: f"{value[8:10]}.{value[5:7]}.{value[:4]}{value[10:]}",
    lambda value: f"{value[:4]}-13-01{value[10:]}",
)
AMOUNTS = {"orders": "total_amount", "order_items": "unit_price", "order_adjustments": "amount", "products": "price"}
INSTANTS = {"orders": "ordered_at", "order_adjustments": "adjusted_at"}
KEYS = {
    "customers": "customer_id",
    "products": "product_id",
    "orders": "order_id",
    "order_items": "item_id",
    "order_adjustments": "adjustment_id",
}
WORDS = {"orders": "status", "products": "category", "order_adjustments": "kind"}
TABLES_OF = {
    "missing_customer_rate": ("orders",),
    "unknown_product_rate": ("order_items",),
    "case_rate": ("order_items",),
    "late_rate": ("orders",),
    "date_rate": tuple(INSTANTS),
    "number_rate": tuple(AMOUNTS),
    "conflict_rate": ("orders",),
    "blank_rate": tuple(WORDS),
    "double_rate": tuple(KEYS),
    "missing_key_rate": tuple(KEYS),
}


@dataclass
class FlawMaker:
    """Makes the flaws of one table's file, part by part, and notes them."""

    flaws: Flaws
    table: str
    columns: list[str]
    streams: Streams
    rows: list[FlawedRow] = field(default_factory=list)
    late: list[bytes] = field(default_factory=list)
    line: int = 2
    part: int = 0

    def header(self) -> bytes:
        """The header of the file."""
        names = [*self.columns[::-1], "comment"] if self.flaws.changed_columns else self.columns
        return ",".join(names).encode(self._encoding) + self._line_end

    @property
    def late_header(self) -> bytes:
        """The header of the file of late rows."""
        return self.header()

    @property
    def _encoding(self) -> str:
        return "utf-16-le" if self.flaws.encoding == "utf-16" else self.flaws.encoding

    @property
    def _line_end(self) -> bytes:
        return "\n".encode(self._encoding)

    def apply(self, content: bytes) -> bytes:
        """The rows of a part of the file, in UTF-8 and without quotes, with their flaws."""
        rows = content.decode().splitlines()
        uniforms = self.streams.of(f"flaws.{self.table}", self.part).random((len(rows), 2)) if rows else []
        self.part += 1
        edges, kinds = self._edges()
        kind_of = np.searchsorted(edges, [pair[0] for pair in uniforms], side="right") if rows else []
        made: list[str] = []
        for row, (_, uniform), kind in zip(rows, uniforms, kind_of, strict=True):
            if kind < len(kinds):
                self._flaw(made, row, kinds[kind], float(uniform))
            else:
                made.append(row)
        self.line += len(made)
        return b"".join(self._bytes(row) for row in made)

    def _edges(self) -> tuple[np.ndarray, list[str]]:
        kinds = [kind for kind, tables in TABLES_OF.items() if self.table in tables and getattr(self.flaws, kind) > 0]
        return np.cumsum([getattr(self.flaws, kind) for kind in kinds]), kinds

    def _bytes(self, row: str) -> bytes:
        if self.flaws.changed_columns:
            row = ",".join([*_written(_values(row)[::-1]), "as exported"])
        return row.encode(self._encoding) + self._line_end

    def _flaw(self, made: list[str], row: str, kind: str, uniform: float) -> None:
        """Append a row with its flaw. Nothing is noted where the row has no value that could be spoilt."""
        values = dict(zip(self.columns, row.split(","), strict=True))
        line = self.line + len(made)

        def note(verdict: str, column: str = "", reason: str = "", at: int = line) -> None:
            flaw = kind.removesuffix("_rate")
            self.rows.append(FlawedRow(f"{self.table}.csv", at, flaw, verdict, column, reason))

        if kind == "late_rate":
            self.rows.append(FlawedRow(f"{self.table}{LATE_FILE_MARK}.csv", len(self.late) + 2, "late", LOADED))
            self.late.append(self._bytes(row))
            return
        if kind == "double_rate":
            made += [row, row]
            note(DUPLICATE, at=line + 1)
            return
        if kind == "conflict_rate":
            other = values | {"total_amount": f"{float(values['total_amount']) + 1:.2f}"}
            made += [row, ",".join(other.values())]
            # PostgreSQL shows money with the four decimals of the raw column
            here, there = (f"{float(known['total_amount']):.4f}" for known in (other, values))
            reason = f'line {line} has the same key and is kept: total_amount is "{here}" here and "{there}" there'
            note(REJECTED, "total_amount", reason, at=line + 1)
            return
        if kind == "missing_key_rate":
            values[KEYS[self.table]] = bad = ("", "NULL", " ")[int(uniform * 3)]
            note(REJECTED, KEYS[self.table], _shown(bad, "where a value is required"))
        elif kind == "date_rate":
            column = INSTANTS[self.table]
            values[column] = bad = DATES[int(uniform * len(DATES))](values[column])
            note(REJECTED, column, _shown(bad, "is not a time as YYYY-MM-DD HH:MM:SS+00:00 (the offset is required)"))
        elif kind == "number_rate":
            if self.table == "order_items" and uniform < 0.5:
                values["quantity"] = bad = QUANTITIES[int(uniform * 2 * len(QUANTITIES))]
                note(REJECTED, "quantity", _shown(bad, NO_QUANTITY))
            else:
                column = AMOUNTS[self.table]
                values[column] = bad = NUMBERS[int(uniform * len(NUMBERS))](values[column])
                note(REJECTED, column, _shown(bad, NO_NUMBER))
        elif kind == "blank_rate":
            values[WORDS[self.table]] = f" {values[WORDS[self.table]]}  "
            note(LOADED)
        elif kind == "case_rate":
            values["product_id"] = values["product_id"].lower()
            note(LOADED)
        elif kind == "missing_customer_rate":
            values["customer_id"] = UNKNOWN_CUSTOMER
            note(LOADED)
        else:
            values["product_id"] = UNKNOWN_PRODUCT
            note(LOADED)
        made.append(",".join(_written(list(values.values()))))


def _values(row: str) -> list[str]:
    return next(csv.reader(io.StringIO(row)))


def _written(values: list[str]) -> list[str]:
    """Values as fields; a comma needs quotes."""
    return [f'"{value}"' if re.search(r"[,\"]", value) else value for value in values]
