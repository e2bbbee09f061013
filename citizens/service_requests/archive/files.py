"""Archive files: gzip of JSON lines, one request a line with all its rows. Personal data in them stays encrypted."""

import gzip
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from django.utils import timezone
from uuid_utils.compat import uuid7

_SUFFIX = ".jsonl.gz"
_PARTIAL = ".partial"


class NotAnArchive(Exception):
    """The file was not written by the archive, or is damaged."""


@dataclass(frozen=True, slots=True)
class ArchivedRequest:
    """A request as the archive keeps it; `rows` are `{"model", "pk", "fields"}`, those referred to first."""

    reference: str
    receipt_number: str
    rows: Sequence[Mapping[str, Any]]

    def as_line(self) -> str:
        kept = {"reference": self.reference, "receipt_number": self.receipt_number, "rows": self.rows}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"), default=_as_text)


def _as_text(value: Any) -> str:
    """Times keep their microseconds; all else that JSON lacks reads back from its text."""
    return value.isoformat() if isinstance(value, date | time) else str(value)


def write_file(directory: Path, requests: Iterable[ArchivedRequest]) -> Path:
    """Writes a new file and returns once it is on the disk, whole, under its name. Raises OSError."""
    path = directory / f"requests-{timezone.now():%Y%m%dT%H%M%SZ}-{uuid7()}{_SUFFIX}"
    partial = path.with_name(f".{path.name}{_PARTIAL}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6) as packed:
            packed.writelines(f"{one.as_line()}\n".encode() for one in requests)
        raw.flush()
        os.fsync(raw.fileno())
    partial.rename(path)
    _sync_directory(directory)
    return path


def _sync_directory(directory: Path) -> None:
    """A new name lasts once its directory is written, too."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_partial_files(directory: Path) -> None:
    """Removes what archivers that were killed have left; call it where no other one can be writing."""
    for partial in directory.glob(f".requests-*{_PARTIAL}"):
        partial.unlink()


def read_files(paths: Iterable[Path]) -> Iterator[ArchivedRequest]:
    """Every request in the files, once. Raises NotAnArchive or OSError.

    An archiver that was killed between file and deletion leaves a request to the next run, which may find it changed:
    the copy in the newest file counts, and names sort by time.
    """
    seen: set[str] = set()
    for path in sorted(paths, key=lambda one: one.name, reverse=True):
        for request in _read_file(path):
            if request.reference not in seen:
                seen.add(request.reference)
                yield request


def _read_file(path: Path) -> Iterator[ArchivedRequest]:
    found = False
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield ArchivedRequest(**json.loads(line))
                found = True
    except (gzip.BadGzipFile, zlib.error, EOFError, ValueError, TypeError):
        raise NotAnArchive(f"{path} is not an archive of requests, or is damaged.") from None
    if not found:
        raise NotAnArchive(f"{path} is empty.")
