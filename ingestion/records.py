"""How a row of CSV is told apart into fields, where the pattern of the good rows has stopped."""

from __future__ import annotations

import re

LINE_END = re.compile(rb"\r?\n")
BARE_FIELD = re.compile(rb'[^",\r\n]*')
OPEN = -1


class UnreadableError(Exception):
    """The fields of a row cannot be told apart, from the field of that index on, which ends at that place."""

    def __init__(self, index: int, place: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index
        self.place = place


def fields_of(buffer: bytes, start: int) -> list[tuple[int, int]] | None:
    """Start and end of each field of the row, quotes included; None when the row does not end within the buffer.

    Raises UnreadableError where a quote stands in a place that not every reader understands alike.
    """
    fields: list[tuple[int, int]] = []
    while True:
        end = _field_end(buffer, start)
        is_cut = end == len(buffer) or (end == len(buffer) - 1 and buffer.endswith(b"\r"))
        if end == OPEN or is_cut:
            return None
        fields.append((start, end))
        if buffer.startswith(b",", end):
            start = end + 1
        elif LINE_END.match(buffer, end):
            return fields
        elif buffer.startswith(b'"', start):
            raise UnreadableError(len(fields) - 1, end, "a quoted text goes on after its closing quote")
        elif buffer.startswith(b'"', end):
            raise UnreadableError(len(fields) - 1, end, "a quote stands in a text that is not quoted itself")
        else:
            raise UnreadableError(len(fields) - 1, end, "a carriage return stands in a text that is not quoted")


def index_of_open_quote(buffer: bytes, start: int) -> int:
    """The index of the field of a row in which its first line ends."""
    line_end = buffer.index(b"\n", start)
    index = 0
    while 0 <= (end := _field_end(buffer, start)) < line_end and buffer.startswith(b",", end):
        start, index = end + 1, index + 1
    return index


def _field_end(buffer: bytes, start: int) -> int:
    """The place after a field, or OPEN when the buffer ends before its closing quote."""
    if not buffer.startswith(b'"', start):
        return BARE_FIELD.match(buffer, start).end()
    place = buffer.find(b'"', start + 1)
    while place >= 0 and buffer.startswith(b'"', place + 1):  # a doubled quote is one of the text
        place = buffer.find(b'"', place + 2)
    return place + 1 if place >= 0 else OPEN
