"""What can go wrong, by kind: one line for the reader and one exit code for the caller.

Every message says what is wrong, where, and what to do about it, on one line.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import psycopg


class TidemartError(Exception):
    """The root of all errors that a user can mend. ``exit_code`` tells scripts the kind."""

    exit_code = 1


class UsageError(TidemartError):
    """The command or a setting was written wrongly."""

    exit_code = 2


class DataError(TidemartError):
    """A file or its content cannot be used as it is."""

    exit_code = 3


class DatabaseError(TidemartError):
    """The database cannot be reached or refused the work."""

    exit_code = 4


class BusyError(TidemartError):
    """Another process holds the lock."""

    exit_code = 5


class QualityError(TidemartError):
    """A test or a check of the data failed, so the models below it were not built."""

    exit_code = 6


def one_line(error: BaseException) -> str:
    """The message of an error without its line breaks."""
    return " ".join(str(error).split())


def run_command(main: Callable[[], int | None]) -> int:
    """Run a command line; return its exit code. What users can mend is one line on stderr, no traceback."""
    try:
        return main() or 0
    except TidemartError as error:
        message, exit_code = one_line(error), error.exit_code
    except psycopg.OperationalError as error:
        message = f"the database stopped the work: {one_line(error)}; nothing half done was kept, run it again"
        exit_code = DatabaseError.exit_code
    except psycopg.Error as error:
        message, exit_code = f"the database refused: {one_line(error)}", DatabaseError.exit_code
    except KeyboardInterrupt:
        message, exit_code = "interrupted; nothing half done was kept, run it again", 130
    except BrokenPipeError:  # the reader of our output has left, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    print(f"error: {message}", file=sys.stderr)
    return exit_code
