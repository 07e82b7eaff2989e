"""``python -m warehouse [start|stop|remove|url|psql]``"""

from __future__ import annotations

import argparse
import os
import shutil
import sys

from warehouse import DatabaseError, Settings, UsageError, Warehouse, embedded_server, run_command
from warehouse.embedded import find_binaries
from warehouse.settings import from_environment


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m warehouse",
        description="The PostgreSQL of this warehouse; without a command: which server is used, and whether it runs.",
    )
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("start", help="start the embedded server, or say which other server is set")
    commands.add_parser("stop", help="stop the embedded server; its data stay")
    commands.add_parser("remove", help="stop the embedded server and delete its data")
    commands.add_parser("url", help="print the address, with its password")
    commands.add_parser("psql", help="open psql on the warehouse; options of psql may follow")
    arguments, for_psql = parser.parse_known_args()
    if for_psql and arguments.command != "psql":
        parser.error(f"unrecognized arguments: {' '.join(for_psql)}")
    if arguments.command is None:
        return print_status()
    if arguments.command == "stop":
        print("PostgreSQL stopped" if embedded_server().stop() else "no embedded PostgreSQL was running")
        return 0
    if arguments.command == "remove":
        embedded_server().remove()
        print("the embedded PostgreSQL and its data are removed")
        return 0
    settings = Warehouse.open().settings
    if arguments.command == "psql":
        program = shutil.which("psql") or str(find_binaries() / "psql")
        if not os.access(program, os.X_OK):
            raise UsageError("psql is not installed; any other client can use the address that `make -s url` prints")
        os.execve(program, ["psql", *for_psql], {**os.environ, **settings.environment})
    print(settings.url if arguments.command == "url" else describe(settings))
    return 0


def describe(settings: Settings) -> str:
    """Which server is used, without its password."""
    if from_environment(os.environ) is None:
        return f"embedded PostgreSQL at {settings.place}"
    return f"PostgreSQL at {settings.place} (set by {'DATABASE_URL' if os.environ.get('DATABASE_URL') else 'PG*'})"


def print_status() -> int:
    """Print the server in use; starts nothing. An embedded server that is down is an error."""
    settings = from_environment(os.environ) or embedded_server().running()
    if settings is None:
        raise DatabaseError("the embedded PostgreSQL is not running; start it with: make start")
    print(describe(settings))
    return 0


if __name__ == "__main__":
    sys.exit(run_command(main))
