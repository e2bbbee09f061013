"""The files of a PostgreSQL cluster: how they are made, and whether these programs can read them."""

import pwd
import shutil
import subprocess
from pathlib import Path

from superapp.embedded.accounts import identity
from superapp.embedded.locations import DATABASE_USER

# LC_CTYPE: with "C" pg_trgm finds no trigrams in Thai text.
_OPTIONS = (
    *("--username", DATABASE_USER, "--auth", "trust", "--encoding", "UTF8", "--no-instructions"),
    *("--locale=C", "--lc-ctype=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
)


def make_cluster(programs: Path, data: Path, account: pwd.struct_passwd | None) -> None:
    """Make the folder `data`, whole or not at all."""
    draft = data.with_name("data.new")
    shutil.rmtree(draft, ignore_errors=True)  # of an initdb that was killed
    made = subprocess.run(
        [str(programs / "initdb"), "--pgdata", str(draft), *_OPTIONS],
        **identity(account),
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
    )
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stdout}{made.stderr}")
    draft.rename(data)


def check_version(programs: Path, data: Path) -> None:
    """Raise RuntimeError when another major version of PostgreSQL made `data`."""
    found = (data / "PG_VERSION").read_text().strip()
    told = subprocess.check_output([str(programs / "postgres"), "--version"], text=True)
    major = told.split()[-1].split(".")[0]
    if found != major:
        raise RuntimeError(
            f"{data} was made by PostgreSQL {found} and this is {major}: "
            "move it with pg_dump, or throw it away with `make clean-state`"
        )
