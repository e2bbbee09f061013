"""A database that cannot make Thai trigrams is refused at the first step of every start, `migrate`."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from django.core.checks import run_checks

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def database_without_thai() -> Iterator[str]:
    """The URL of an empty database that was made with LC_CTYPE C."""
    name = f"checks_{uuid4().hex}"
    server_url = urlsplit(os.environ["DATABASE_URL"])
    with ExitStack() as cleanup:
        server = cleanup.enter_context(psycopg.connect(server_url._replace(path="/postgres").geturl(), autocommit=True))
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
        cleanup.callback(server.execute, f"DROP DATABASE {name} WITH (FORCE)")
        yield server_url._replace(path=f"/{name}").geturl()


def migrate(database_url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "migrate", "--noinput"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("has_extension", [False, True])
def test_migrating_a_database_without_thai_trigrams_says_why_and_does_nothing(
    database_without_thai: str, has_extension: bool
) -> None:
    with psycopg.connect(database_without_thai, autocommit=True) as database:
        if has_extension:
            database.execute("CREATE EXTENSION pg_trgm")
        answer = migrate(database_without_thai)
        tables = database.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert answer.returncode != 0
    assert "The database makes no trigrams of Thai text, so the search finds nothing." in answer.stderr
    assert "LC_CTYPE 'C.UTF-8'" in answer.stderr
    assert tables == (0,)


@pytest.mark.django_db
def test_the_database_of_the_tests_is_a_good_one() -> None:
    assert not [message for message in run_checks(databases=["default"]) if message.id == "services_catalog.E001"]
