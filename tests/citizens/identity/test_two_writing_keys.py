"""While a look-up key is changed, processes write with different keys of one ring: still one citizen for a number."""

import base64
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.db import connection, transaction

from citizens.models import Citizen, LinkedIdentity
from superapp.embedded.locations import PROJECT_ROOT
from tests.databases import suite_database_url
from tests.factories import national_id

pytestmark = pytest.mark.django_db(transaction=True)

# Prints the fingerprint that this process would write, and the citizen it has found or made.
SIGN_IN = """
import sys, django
django.setup()
from citizens.identity.citizens import citizen_identify, national_id_fingerprints
from tests.factories import verified_identity
number, provider = sys.argv[1:]
print(national_id_fingerprints(number)[0].hex(), citizen_identify(verified_identity(number, provider=provider)).pk)
"""
OLD, NEW = (f"{name}:{base64.b64encode(os.urandom(32)).decode()}" for name in ("old", "new"))


@contextmanager
def signing_in(number: str, provider: str, *, ring: tuple[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A process of its own in which somebody with that number comes back from the provider."""
    ours = {"DJANGO_SETTINGS_MODULE": "superapp.settings.local", "DATABASE_URL": suite_database_url()}
    with subprocess.Popen(
        [sys.executable, "-c", SIGN_IN, number, provider],
        cwd=PROJECT_ROOT,
        env={**os.environ, **ours, "LOOKUP_KEYS": ",".join(ring)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def nobody_is_written() -> Iterator[None]:
    """Until the block ends citizens can be looked for, and whoever wants to write one waits."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE citizens_citizen IN SHARE MODE")
        yield


def wait_until_all_wait(processes: list[subprocess.Popen[str]]) -> None:
    """For a lock of the database, each at its place: before it looks for the citizen, or before it writes one."""
    end = time.monotonic() + 60
    while _waiting() != len(processes):
        assert all(one.poll() is None for one in processes), "it did not wait for anybody"
        assert time.monotonic() < end, "the processes did not come to a lock"
        time.sleep(0.05)


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return int(cursor.fetchone()[0])


def test_processes_that_write_with_different_keys_make_one_citizen_at_the_same_moment() -> None:
    number = national_id()
    with ExitStack() as both:
        with nobody_is_written():
            processes = [
                both.enter_context(signing_in(number, "thaid", ring=(OLD, NEW))),
                both.enter_context(signing_in(number, "moprom", ring=(NEW, OLD))),
            ]
            wait_until_all_wait(processes)
        said = [one.communicate(timeout=30)[0].split() for one in processes]
    fingerprints, citizens = zip(*said, strict=True)
    assert len(set(fingerprints)) == 2, "each would have written another one"
    assert len(set(citizens)) == Citizen.objects.count() == 1
    assert LinkedIdentity.objects.filter(citizen=citizens[0]).count() == 2
