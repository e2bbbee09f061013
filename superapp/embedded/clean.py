"""Throws away every local system: `python -m superapp.embedded.clean`. One that is in use stays."""

import shutil
import sys
from pathlib import Path

from superapp.embedded.locations import PROJECT_ROOT, postgres_sockets, valkey_socket
from superapp.embedded.postgres import EmbeddedPostgres
from superapp.embedded.servers import stop_if_unused


def remove_state(state: Path) -> bool:
    """Stop the servers of a state directory and remove all that is theirs; whether nobody was using them."""
    if not stop_if_unused(state):
        return False
    home = EmbeddedPostgres(state).home
    for folder in (home, postgres_sockets(state), valkey_socket(state).parent, state):
        if folder.exists():
            shutil.rmtree(folder)
    return True


def main() -> int:
    """Remove all of var/; 1 when something had to stay."""
    states = [path for path in (PROJECT_ROOT / "var").glob("*") if path.is_dir()]
    kept = [state for state in states if not remove_state(state)]
    for state in kept:
        sys.stderr.write(f"{state} is in use and stays: end what runs there first\n")
    return 1 if kept else 0


if __name__ == "__main__":
    sys.exit(main())
