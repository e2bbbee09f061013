"""A token whose session was ended, or whose provider is off, is worth nothing: one look-up, no database."""

import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient
from uuid_utils.compat import uuid7

from citizens.identity.revocation import (
    is_revoked,
    provider_switched_off,
    provider_switched_on,
    revocations_restore,
    session_revoked,
)
from citizens.identity.sessions import session_end
from citizens.identity.tasks import restore_revocations
from citizens.identity.tokens import access_token_issue
from citizens.models import Citizen, IdentityProvider, Session
from tests.conftest import phone_with
from tests.factories import make_session

Commit = Callable[..., Any]
PATH = "/api/v1/service-requests"


@pytest.fixture
def switch(db: None, session: Session) -> Iterator[IdentityProvider]:
    """A provider of this test alone, by which the session was opened."""
    provider = IdentityProvider.objects.create(
        code=f"test-{secrets.token_hex(4)}",
        protocol="oidc",
        is_on=True,
        **dict.fromkeys(("default_ial", "max_ial", "default_aal", "max_aal"), Decimal("2.1")),
    )
    Session.objects.filter(pk=session.pk).update(provider=provider.code)
    session.refresh_from_db()
    yield provider
    provider_switched_on(provider.code)


def test_an_ended_session_takes_its_access_token_along(
    phone: APIClient, session: Session, django_capture_on_commit_callbacks: Commit
) -> None:
    assert phone.get(PATH).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert session_end(session.pk, Session.EndedBecause.SIGNED_OUT)

    refused = phone.get(PATH)

    assert (refused.status_code, refused.json()["code"]) == (401, "token_not_accepted")
    assert refused["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_other_sessions_of_the_citizen_go_on(
    citizen: Citizen, session: Session, django_capture_on_commit_callbacks: Commit
) -> None:
    other = phone_with(access_token_issue(make_session(citizen)))
    with django_capture_on_commit_callbacks(execute=True):
        session_end(session.pk, Session.EndedBecause.SIGNED_OUT)
    assert other.get(PATH).status_code == 200


def test_the_look_up_is_no_database_query(phone: APIClient, session: Session) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert not is_revoked(session.pk, session.provider)
        assert phone.put("/api/v1/notifications").status_code == 405
    assert queries.captured_queries == []


def test_a_session_ends_once(session: Session) -> None:
    assert session_end(session.pk, Session.EndedBecause.SIGNED_OUT)
    assert not session_end(session.pk, Session.EndedBecause.TOKEN_REUSED)
    session.refresh_from_db()
    assert session.ended_because == "signed_out"


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_revokes_nothing() -> None:
    session_id = uuid7()
    with transaction.atomic():
        session_revoked(session_id)
        transaction.set_rollback(True)
    assert not is_revoked(session_id, "nobody")
    with transaction.atomic():
        session_revoked(session_id)
    assert is_revoked(session_id, "nobody")


def test_tokens_of_a_provider_that_is_switched_off_are_refused_until_it_is_on_again(
    switch: IdentityProvider, session: Session, django_capture_on_commit_callbacks: Commit
) -> None:
    phone = phone_with(access_token_issue(session))
    with django_capture_on_commit_callbacks(execute=True):
        provider_switched_off(switch.code)
    assert phone.get(PATH).json()["code"] == "token_not_accepted"
    with django_capture_on_commit_callbacks(execute=True):
        provider_switched_on(switch.code)
    assert phone.get(PATH).status_code == 200


def test_a_cache_that_was_emptied_learns_again_who_is_out(
    switch: IdentityProvider, session: Session, citizen: Citizen, empty_cache: Callable[[], None]
) -> None:
    ended = make_session(citizen)
    session_end(ended.pk, Session.EndedBecause.REVOKED)
    IdentityProvider.objects.update(is_on=False)
    empty_cache()
    assert not is_revoked(ended.pk, "nobody")

    restore_revocations()

    assert is_revoked(ended.pk, "nobody")
    assert is_revoked(session.pk, session.provider)
    assert not is_revoked(session.pk, "nobody")


def test_restoring_looks_at_what_is_new(citizen: Citizen, empty_cache: Callable[[], None]) -> None:
    """However many sessions end, a run costs what ended since the one before it."""
    empty_cache()
    old, over = make_session(citizen), make_session(citizen)
    now = timezone.now()
    Session.objects.filter(pk=old.pk).update(ended_at=now - timedelta(minutes=10))
    Session.objects.filter(pk=over.pk).update(ended_at=now - timedelta(minutes=17))

    assert revocations_restore(now) == 1
    assert revocations_restore(now + timedelta(seconds=5)) == 0
    session_end(make_session(citizen).pk, Session.EndedBecause.SIGNED_OUT)
    assert revocations_restore(now + timedelta(seconds=10)) == 1


def test_restoring_switches_on_whom_the_row_says_is_on(
    switch: IdentityProvider, session: Session, django_capture_on_commit_callbacks: Commit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        provider_switched_off(switch.code)
    revocations_restore()
    assert not is_revoked(session.pk, session.provider)


@pytest.mark.usefixtures("cache_down")
def test_without_the_cache_a_token_lives_on_to_its_end(
    phone: APIClient, session: Session, django_capture_on_commit_callbacks: Commit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        session_end(session.pk, Session.EndedBecause.SIGNED_OUT)
    assert phone.get(PATH).status_code == 200
    assert revocations_restore() == 1, "tried, and to be tried again"
