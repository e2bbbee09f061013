"""What a process remembers of revocations, at the interval of production and at a real cache."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

import pytest
import redis
from pytest_django import Settings
from rest_framework.test import APIClient

from citizens.identity.revocation import is_revoked
from citizens.identity.revocation_memory import RevocationMemory
from citizens.identity.sessions import session_end
from citizens.identity.tokens import access_token_issue
from citizens.models import Citizen, Session
from superapp.settings.identity import REVOCATIONS_ASKED_EVERY
from tests.conftest import phone_with
from tests.factories import make_session

PATH = "/api/v1/service-requests"
INTERVAL = REVOCATIONS_ASKED_EVERY.total_seconds()


class Key:
    """Equal to itself alone, and gone when nobody keeps it."""


@pytest.fixture(autouse=True)
def as_in_production(settings: Settings) -> None:
    settings.REVOCATIONS_ASKED_EVERY = REVOCATIONS_ASKED_EVERY


@pytest.fixture
def trips(settings: Settings, empty_cache: Callable[[], None]) -> Callable[[], Any]:
    """with trips() as commands: … fills the list with what arrives at the cache about revocations meanwhile."""
    empty_cache()
    time.sleep(4 * INTERVAL)  # what the process has been told before is over, even were the interval too long
    ours = f"{settings.CACHES['default']['KEY_PREFIX']}:1:revoked:"

    @contextmanager
    def watch() -> Iterator[list[str]]:
        commands: list[str] = []
        with redis.Redis.from_url(settings.CACHES["default"]["LOCATION"]) as cache, cache.monitor() as monitor:
            yield commands
            cache.echo(end := secrets.token_hex(8))
            while end not in (command := monitor.next_command()["command"]):
                if ours in command:
                    commands.append(command.partition(" ")[0])

    return watch


def test_calls_cost_one_look_up_and_a_question_at_each_interval(phone: APIClient, trips: Callable[[], Any]) -> None:
    began = time.monotonic()
    with trips() as commands:
        assert [phone.get(PATH).status_code for _ in range(100)] == [200] * 100
    intervals = (time.monotonic() - began) / INTERVAL

    assert commands.count("MGET") == 1
    assert commands.count("GET") <= intervals + 1
    assert set(commands) <= {"MGET", "GET"}


def test_after_the_interval_one_question_is_asked_and_what_is_known_stays_known(
    session: Session, trips: Callable[[], Any]
) -> None:
    assert not is_revoked(session.pk, session.provider)
    time.sleep(INTERVAL)
    with trips() as commands:
        assert not is_revoked(session.pk, session.provider)
    assert commands == ["GET"]


def test_a_revocation_is_seen_within_the_interval(
    phone: APIClient,
    session: Session,
    citizen: Citizen,
    trips: Callable[[], Any],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    neighbour = phone_with(access_token_issue(make_session(citizen)))
    assert phone.get(PATH).status_code == neighbour.get(PATH).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        session_end(session.pk, Session.EndedBecause.REVOKED)

    time.sleep(INTERVAL)
    with trips() as commands:
        assert phone.get(PATH).status_code == 401

    assert commands == ["GET", "MGET"], "the generation has changed, so that it is looked up anew"
    assert neighbour.get(PATH).status_code == 200


def test_20_000_answers_are_remembered() -> None:
    looked_up: list[Key] = []
    memory, keys = RevocationMemory(lambda: "one generation"), [Key() for _ in range(20_000)]

    def ask(key: Key) -> None:
        def look_up() -> bool:
            looked_up.append(key)
            return False

        assert not memory.get(key, look_up)

    for key in keys * 2:
        ask(key)
    assert looked_up == keys


def test_no_more_are_kept() -> None:
    memory, kept, most = RevocationMemory(lambda: "one generation"), WeakSet[Key](), 0
    for _ in range(50_000):
        key = Key()
        kept.add(key)
        memory.get(key, lambda: False)
        most = max(most, len(kept))
    assert most <= 20_001, "one is there before it is seen that there are too many"
