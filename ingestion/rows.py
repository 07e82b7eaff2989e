"""Rows that can be read as declared, as bytes for a typed COPY; and rows that cannot, each with its reason.

One compiled regular expression per table runs over raw blocks and takes the longest run of good rows at once; only
where it stops is a row looked at field by field, with the same patterns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ingestion.content import LONGEST_RECORD_BYTES, Content
from ingestion.files import BLOCK_BYTES
from ingestion.patterns import LONGEST_KEY_BYTES, NOTHING, ValuePattern, field_pattern
from ingestion.records import LINE_END, UnreadableError, fields_of, index_of_open_quote
from ingestion.sources import Column
from warehouse import DataError

# A match of more rows holds more to go back to: Python's engine then slows down to a third.
ROWS_A_MATCH = 100
EMPTY_FIELD = re.compile(NOTHING)
ANY_TEXT = ValuePattern(None, "text")
SHOWN_CHARACTERS = 40


@dataclass(frozen=True)
class Rejection:
    """A row that was not loaded. ``column`` is empty where the row as a whole cannot be read."""

    line: int
    column: str
    reason: str
    raw_text: str


class RowReader:
    """Reads the rows of a content once. ``on_rejection`` is told each row that cannot be read.

    After the reading ``good_rows`` and ``bad_rows`` say how many there were. Blank lines are no rows.
    """

    def __init__(self, content: Content, on_rejection: Callable[[Rejection], None]) -> None:
        self.good_rows = 0
        self.bad_rows = 0
        self._content = content
        self._columns = content.columns
        self._on_rejection = on_rejection
        line = self._line_pattern(may_span_lines=False)
        self._run = re.compile(rb"(?:%b){0,%d}" % (line, ROWS_A_MATCH))
        self._one = re.compile(line)

    def copy_blocks(self, load_id: int) -> Iterator[bytearray]:
        """The good rows as CSV under the load's id, the row's line and the declared columns in the file's order."""
        between = b"\n%d," % load_id
        pending = bytearray()
        for line, rows in self._good_runs():
            numbered = map(b"%d,%b".__mod__, zip(range(line, line + len(rows)), self._kept(rows), strict=True))
            pending += between[1:] + between.join(numbered) + b"\n"
            if len(pending) >= BLOCK_BYTES:
                yield pending
                pending = bytearray()
        yield pending

    def raw_texts(self, lines: Iterable[int]) -> dict[int, str]:
        """The raw text at which the good rows of these line numbers begin."""
        wanted = set(lines)
        texts: dict[int, str] = {}
        for line, rows in self._good_runs():
            texts.update((n, _text(rows[n - line])) for n in wanted.intersection(range(line, line + len(rows))))
        return texts

    def _good_runs(self) -> Iterator[tuple[int, list[bytes]]]:
        """Good rows as (line of the first, rows): rows of one line each, or a single one of several lines."""
        line = self._content.first_line
        buffer = b""
        for block in self._content.blocks:
            line, buffer = yield from self._good_runs_of(buffer + block, line, is_last=False)
        if buffer:
            yield from self._good_runs_of(buffer if buffer.endswith(b"\n") else buffer + b"\n", line, is_last=True)

    def _good_runs_of(self, buffer: bytes, line: int, is_last: bool) -> Iterator[tuple[int, list[bytes]]]:
        """Good rows of a buffer; returns the next line's number and the rest that needs more bytes to be read."""
        position = 0
        while True:
            start = position
            while (end := self._run.match(buffer, position).end()) > position:
                position = end
            if position > start:
                rows = buffer[start:position].replace(b"\r\n", b"\n").split(b"\n")
                rows.pop()
                self.good_rows += len(rows)
                yield line, rows
                line += len(rows)
            if position == len(buffer):
                return line, b""
            if blank := LINE_END.match(buffer, position):
                line, position = line + 1, blank.end()
                continue
            judged = self._judge(buffer, position, line, is_last)
            if judged is None:
                return line, buffer[position:]
            end, rejection = judged
            if rejection is None:
                self.good_rows += 1
                yield line, [buffer[position:end].rstrip(b"\r\n")]
            else:
                self.bad_rows += 1
                self._on_rejection(rejection)
            line += buffer.count(b"\n", position, end)
            position = end

    def _judge(self, buffer: bytes, start: int, line: int, is_last: bool) -> tuple[int, Rejection | None] | None:
        """Where the row that starts there ends, and why it is rejected, if it is; None when more bytes are needed."""
        line_end = buffer.find(b"\n", start) + 1
        is_too_long = len(buffer) - start > LONGEST_RECORD_BYTES
        if not line_end:
            if is_too_long:
                place = f"{self._content.path}: line {line}"
                raise DataError(f"{place} is longer than {LONGEST_RECORD_BYTES} bytes; is this a CSV file?")
            return None
        try:
            fields = fields_of(buffer, start)
        except UnreadableError as error:
            if error.place < line_end:
                column = self._column_name(error.index)
                return line_end, Rejection(line, column, str(error), _text(buffer[start:line_end]))
            is_open = True
        else:
            if fields is None and not is_last and not is_too_long:
                return None
            is_open = fields is None or self._swallows_a_row(buffer, line_end, fields[-1][1])
        if is_open:
            column = self._column_name(index_of_open_quote(buffer, start))
            return line_end, Rejection(line, column, "a quote is not closed", _text(buffer[start:line_end]))
        end = buffer.index(b"\n", fields[-1][1]) + 1
        column, reason = self._fault(buffer, fields)
        return end, Rejection(line, column, reason, _text(buffer[start:end])) if reason else None

    def _swallows_a_row(self, buffer: bytes, start: int, end: int) -> bool:
        """Whether a row of several lines holds a line that is a whole row: then it began with an unclosed quote."""
        while 0 < start < end:
            if (row := self._one.match(buffer, start)) and row.end() <= end:
                return True
            start = buffer.find(b"\n", start) + 1
        return False

    def _fault(self, buffer: bytes, fields: list[tuple[int, int]]) -> tuple[str, str]:
        """The first column that cannot be read and the reason; two empty texts for a good row."""
        if len(fields) != len(self._columns):
            kind = "few" if len(fields) < len(self._columns) else "many"
            return "", f"too {kind} fields: {len(fields)} instead of {len(self._columns)}"
        for column, pattern, (start, end) in zip(self._columns, self._field_patterns, fields, strict=True):
            match = pattern.match(buffer, start)
            if match is None or match.end() != end:
                return (column.raw_name if column else ""), _reason(column, buffer, start, end)
        return "", ""

    def _kept(self, rows: list[bytes]) -> list[bytes]:
        """The rows without the fields that the source does not declare."""
        if None not in self._columns:
            return rows
        pattern, template = self._narrowing
        return [pattern.sub(template, row) for row in rows]

    @cached_property
    def _narrowing(self) -> tuple[re.Pattern[bytes], bytes]:
        fields = zip(self._columns, self._patterns(may_span_lines=True), strict=True)
        line = b",".join(b"(%b)" % pattern if column else pattern for column, pattern in fields)
        kept = range(1, len(self._columns) - self._columns.count(None) + 1)
        return re.compile(rb"%b\Z" % line, re.DOTALL), b",".join(rb"\g<%d>" % number for number in kept)

    @cached_property
    def _field_patterns(self) -> list[re.Pattern[bytes]]:
        return [re.compile(rb"%b(?=[,\r\n])" % pattern) for pattern in self._patterns(may_span_lines=True)]

    def _patterns(self, may_span_lines: bool) -> list[bytes]:
        return [
            field_pattern(column.value, column.is_required, column.is_key, may_span_lines)
            if column
            else field_pattern(ANY_TEXT, False, False, may_span_lines)
            for column in self._columns
        ]

    def _line_pattern(self, may_span_lines: bool) -> bytes:
        return b",".join(self._patterns(may_span_lines)) + LINE_END.pattern

    def _column_name(self, index: int) -> str:
        column = self._columns[index] if index < len(self._columns) else None
        return column.raw_name if column else ""


def _reason(column: Column | None, buffer: bytes, start: int, end: int) -> str:
    value = buffer[start:end]
    shown = repr(_shortened(value.removeprefix(b'"').removesuffix(b'"').decode()))
    if b"\x00" in value:
        return f"{shown} holds a NUL byte"
    if column.is_required and EMPTY_FIELD.match(buffer, start):
        return f"{shown} where a value is required"
    if column.value.inside is None:
        return f"{shown} is longer than the {LONGEST_KEY_BYTES} bytes that a key may have"
    return f"{shown} is not {column.value.wanted}"


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "..."


def _text(raw: bytes) -> str:
    """Raw bytes as a text that PostgreSQL can store."""
    return raw.rstrip(b"\r\n").decode(errors="backslashreplace").replace("\x00", "\\x00")
