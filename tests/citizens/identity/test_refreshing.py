"""Refresh tokens: a lost answer signs nobody out, a copied token signs out whoever uses it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from citizens.identity.refreshing import refresh_tokens_forget, tokens_refresh
from citizens.identity.sessions import refresh_token_issue, session_end
from citizens.identity.tasks import erase_successors
from citizens.models import Citizen, IdentityEvent, IdentityProvider, RefreshToken, Session
from services_catalog.encryption import decrypt
from services_catalog.problems import Problem
from tests.conftest import phone_with
from tests.factories import make_citizen, make_provider, make_session

LATER = timedelta(seconds=31)


@pytest.fixture
def first(session: Session) -> str:
    return refresh_token_issue(session)


def refresh(token: str, **extra: str) -> Any:
    body = {"grant_type": "refresh_token", "refresh_token": token}
    return APIClient().post("/api/v1/auth/token", body, **extra)  # type: ignore[arg-type]


def successor_of(token: str) -> str:
    answer = refresh(token)
    assert answer.status_code == 200
    return str(answer.json()["refresh_token"])


def assert_refused(answer: Any) -> None:
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_grant")


def test_refresh_rotates(first: str, session: Session) -> None:
    answer = refresh(first)
    assert answer.status_code == 200
    assert answer.json()["refresh_token"] != first
    assert phone_with(answer.json()["access_token"]).get("/api/v1/me/sessions").status_code == 200
    assert successor_of(answer.json()["refresh_token"]) not in (first, answer.json()["refresh_token"])
    assert Session.objects.count() == 1


def test_a_lost_answer_signs_nobody_out(first: str, session: Session) -> None:
    """The same successor for half a minute, however often it is asked for; then the phone goes on with it."""
    lost = refresh(first)
    again = refresh(first)

    assert again.status_code == 200
    assert again.json()["refresh_token"] == lost.json()["refresh_token"]
    assert again.json()["access_token"] != lost.json()["access_token"]
    assert RefreshToken.objects.count() == 2
    with time_machine.travel(timezone.now() + LATER):
        assert refresh(again.json()["refresh_token"]).status_code == 200
    session.refresh_from_db()
    assert session.ended_at is None


def test_a_refresh_token_that_comes_again_later_ends_the_session(
    first: str, session: Session, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    answer = refresh(first).json()
    with time_machine.travel(timezone.now() + LATER):
        with django_capture_on_commit_callbacks(execute=True):
            assert_refused(refresh(first, REMOTE_ADDR="203.0.113.77"))
        assert_refused(refresh(answer["refresh_token"]))
        refused = phone_with(answer["access_token"]).get("/api/v1/me/sessions")

    assert (refused.status_code, refused.json()["code"]) == (401, "token_not_accepted")
    session.refresh_from_db()
    assert (session.ended_because, session.ended_at is None) == ("token_reused", False)
    event = IdentityEvent.objects.get(citizen=session.citizen, kind="token_reused")
    assert (event.provider, event.network) == ("thaid", "203.0.113.0/24")


def test_a_copied_token_is_told_of_once(first: str, session: Session) -> None:
    refresh(first)
    with time_machine.travel(timezone.now() + LATER):
        assert_refused(refresh(first))
        assert_refused(refresh(first))
    assert IdentityEvent.objects.filter(kind="token_reused").count() == 1


def test_other_devices_of_the_citizen_are_not_touched(first: str, citizen: Citizen) -> None:
    other = refresh_token_issue(make_session(citizen))
    refresh(first)
    with time_machine.travel(timezone.now() + LATER):
        assert_refused(refresh(first))
        assert refresh(other).status_code == 200


def test_the_successor_is_kept_sealed_to_its_row_and_no_longer_than_needed(first: str) -> None:
    successor = successor_of(first)
    kept = RefreshToken.objects.get(successor_encrypted__isnull=False)
    sealed = bytes(kept.successor_encrypted or b"")
    assert successor.encode() not in sealed
    assert decrypt(sealed, bound_to=f"refresh-token:{kept.pk}:successor").decode() == successor

    erase_successors()
    assert successor_of(first) == successor
    with time_machine.travel(timezone.now() + LATER):
        erase_successors()
    assert not RefreshToken.objects.filter(successor_encrypted__isnull=False).exists()


def test_a_refresh_token_expires_and_takes_its_session_along(first: str, session: Session) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert_refused(refresh(first))
        session.refresh_from_db()
        assert session.ended_at is None
        refresh_tokens_forget()
    session.refresh_from_db()
    assert session.ended_because == "expired"
    assert not RefreshToken.objects.exists()


def test_forgetting_leaves_sessions_that_go_on(first: str, session: Session) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        refresh(first)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        refresh_tokens_forget()
    session.refresh_from_db()
    assert (session.ended_at, RefreshToken.objects.count()) == (None, 1)


def test_no_refresh_after_the_session_has_ended(first: str, session: Session) -> None:
    session_end(session.pk, Session.EndedBecause.SIGNED_OUT)
    assert_refused(refresh(first))
    assert RefreshToken.objects.get().used_at is None


def test_no_refresh_while_the_provider_is_off(first: str, session: Session) -> None:
    make_provider("http://127.0.0.1:9", is_on=False)
    assert_refused(refresh(first))
    IdentityProvider.objects.update(is_on=True)
    assert refresh(first).status_code == 200


def test_a_refresh_is_the_only_use_that_is_written_down(
    first: str, session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    used = timezone.now() - timedelta(hours=1)
    Session.objects.filter(pk=session.pk).update(last_used_at=used)
    access_token = refresh(first).json()["access_token"]
    session.refresh_from_db()
    refreshed_at = session.last_used_at
    assert refreshed_at is not None
    assert refreshed_at > used
    with django_assert_num_queries(2):  # the page, and the names of its providers
        phone_with(access_token).get("/api/v1/me/sessions")
    session.refresh_from_db()
    assert session.last_used_at == refreshed_at


@pytest.mark.django_db(transaction=True)
def test_two_phones_with_one_token_get_the_same_successor() -> None:
    """Real threads on a real database: the row lock makes one come after the other."""
    token = refresh_token_issue(make_session(make_citizen()))

    def exchange(_: int) -> str:
        try:
            return tokens_refresh(refresh_token=token, network="").refresh_token
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        successors = set(pool.map(exchange, range(8)))

    assert len(successors) == 1
    assert RefreshToken.objects.count() == 2
    assert Session.objects.get().ended_at is None


@pytest.mark.django_db(transaction=True)
def test_a_refresh_that_waits_for_a_sign_out_is_refused() -> None:
    session = make_session(make_citizen())
    token = refresh_token_issue(session)

    def exchange() -> str:
        try:
            return tokens_refresh(refresh_token=token, network="").refresh_token
        except Problem as problem:
            return str(problem)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            session_end(session.pk, Session.EndedBecause.SIGNED_OUT)
            waiting = pool.submit(exchange)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
        assert waiting.result(timeout=5) == "invalid_grant"
    assert RefreshToken.objects.count() == 1
