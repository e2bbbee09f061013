"""Whose rights a server runs with, and folders that are certainly that account's own."""

import os
import pwd
import stat
from pathlib import Path
from typing import TypedDict


class Identity(TypedDict):
    """The arguments of subprocess that switch accounts."""

    user: int | None
    group: int | None
    extra_groups: list[int] | None


def unprivileged_account() -> pwd.struct_passwd | None:
    """The account of a server that refuses root: nobody when we are root, None (as we are) otherwise."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def identity(account: pwd.struct_passwd | None) -> Identity:
    """What subprocess needs to run a program as `account`."""
    if account is None:
        return {"user": None, "group": None, "extra_groups": None}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def is_reachable(folder: Path) -> bool:
    """Whether any account may pass through an existing folder and all its parents."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in [folder, *folder.parents])


def make_private(folder: Path, account: pwd.struct_passwd | None = None) -> None:
    """Make a folder that only `account` (None: we) can use.

    Raises RuntimeError when it belongs to somebody else: the names below /tmp can be guessed.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    owner = account.pw_uid if account else os.geteuid()
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner, os.geteuid()):
        raise RuntimeError(f"{folder} belongs to user {found.st_uid}, not to {owner}: remove it")
    if account and found.st_uid != owner:
        os.chown(folder, owner, account.pw_gid, follow_symlinks=False)
    folder.chmod(0o700)
