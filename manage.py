#!/usr/bin/env python
"""Django's command line. With the local settings the embedded servers run for as long as the command does."""

import argparse
import os
import signal
import sys

from django.core.management import execute_from_command_line

LOCAL_SETTINGS = "superapp.settings.local"
COMMANDS_WITHOUT_SERVERS = {
    *("help", "version", "makemessages", "compilemessages", "messages_compile", "spectacular", "collectstatic"),
}


def needs_servers(argv: list[str]) -> bool:
    """Whether this command may use the embedded servers."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--settings", default=os.environ["DJANGO_SETTINGS_MODULE"])
    options, words = parser.parse_known_args(argv[1:])
    asks_only = not words or not {"-h", "--help", "--version"}.isdisjoint(words)
    return options.settings == LOCAL_SETTINGS and not asks_only and words[0] not in COMMANDS_WITHOUT_SERVERS


def run_with_servers(argv: list[str]) -> None:
    """Run the command while the servers run."""
    from superapp.embedded.environment import set_local_defaults
    from superapp.embedded.servers import running_servers

    for number in (signal.SIGTERM, signal.SIGHUP):  # by default they would end us without stopping anything
        signal.signal(number, lambda caught, _frame: sys.exit(128 + caught))
    set_local_defaults()
    with running_servers():
        execute_from_command_line(argv)


def main() -> None:
    """Run the command that the command line names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", LOCAL_SETTINGS)
    run = run_with_servers if needs_servers(sys.argv) else execute_from_command_line
    try:
        run(sys.argv)
    except Exception as error:
        if sys.argv[1:2] != ["doctor"]:
            raise
        from superapp.operations.doctor.unable import explain

        sys.exit(explain(error, sys.argv))


if __name__ == "__main__":
    main()
