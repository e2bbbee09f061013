"""Where one state directory's embedded servers live: folders, sockets, URLs. No file is touched."""

import hashlib
import os
from pathlib import Path
from urllib.parse import quote

PROJECT_ROOT = Path(__file__).resolve().parents[2]
DATABASE_NAME = "superapp"
DATABASE_USER = "app"

# The folder of sockets is not below the state directory: a Unix socket's path ends at 107 bytes.
_SOCKETS = Path("/tmp")  # noqa: S108 - the servers refuse a folder there that somebody else has made


def state_directory() -> Path:
    """The folder (absolute, perhaps not made yet) that holds everything one local system keeps.

    `SUPERAPP_STATE` names it; without that the catalogue does: `demo` has var/demo, the catalogue file
    /home/a/services.csv has var/services-<8 hexadecimal digits of its path's SHA-256>.
    """
    if given := os.environ.get("SUPERAPP_STATE"):
        return PROJECT_ROOT / given
    catalogue = os.environ.get("CATALOGUE") or "demo"
    if catalogue == "demo":
        return PROJECT_ROOT / "var" / "demo"
    path = Path(catalogue).resolve()
    return PROJECT_ROOT / "var" / f"{path.stem}-{path_digest(path, length=8)}"


def path_digest(path: Path, *, length: int = 12) -> str:
    """A short name for a long path: hexadecimal digits."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:length]


def postgres_sockets(state: Path) -> Path:
    """The folder of PostgreSQL's socket."""
    return _SOCKETS / f"superapp-{os.geteuid()}-{path_digest(state)}-postgres"


def valkey_socket(state: Path) -> Path:
    """Valkey's socket, in a folder of its own."""
    return _SOCKETS / f"superapp-{os.geteuid()}-{path_digest(state)}-valkey" / "socket"


def database_url(state: Path) -> str:
    """DATABASE_URL of this state directory's PostgreSQL."""
    return f"postgresql://{DATABASE_USER}@{quote(str(postgres_sockets(state)), safe='')}/{DATABASE_NAME}"


def broker_url(state: Path) -> str:
    """CELERY_BROKER_URL of this state directory's Valkey."""
    return f"redis+socket://{valkey_socket(state)}?virtual_host=2"


def cache_url(state: Path) -> str:
    """CACHE_URL of this state directory's Valkey."""
    return f"unix://{valkey_socket(state)}?db=1"
