"""What a provider answers when its token is revoked at sign-out, and that sign-in does not suffer from it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from citizens.identity.sessions import session_end
from citizens.identity.tasks import end_due_provider_sessions, end_provider_session
from citizens.models import ProviderHealth, Session
from superapp.sandbox.listener import HangUp, Response, json_response
from tests.citizens.identity.begun import Begun
from tests.citizens.identity.conftest import Browser
from tests.citizens.identity.fake_provider import FakeProvider

REVOKE = "/api/v2/oauth2/revoke/"


def signed_out_at(provider: FakeProvider) -> Session:
    """Somebody has signed in there, and out here."""
    begun = Begun()
    id_token = provider.signs(provider.claims(begun.asked["nonce"]))
    provider.token_answer = json_response(200, {"id_token": id_token, "access_token": "abc"})
    assert begun.browser.exchange(code=begun.come_back()["code"]).status_code == 200
    session = Session.objects.get(ended_at=None)
    session_end(session.pk, Session.EndedBecause.SIGNED_OUT)
    return session


def is_kept(session: Session) -> bool:
    session.refresh_from_db()
    return session.provider_session_encrypted is not None


@pytest.mark.parametrize(
    "answer", [Response(200), Response(204), Response(200, b"<html>Bye</html>"), json_response(200, ["revoked"])]
)
def test_what_the_answer_to_a_revocation_says_is_ignored(provider: FakeProvider, answer: Response) -> None:
    """RFC 7009, 2.2: the status alone counts."""
    session = signed_out_at(provider)
    provider.answers[REVOKE] = answer
    end_provider_session(str(session.pk))
    assert not is_kept(session)


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_revocation_that_is_refused_is_told_and_not_tried_again(
    provider: FakeProvider, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, status: int
) -> None:
    session = signed_out_at(provider)
    provider.answers[REVOKE] = json_response(status, {"error": "unsupported_token_type"})
    end_provider_session(str(session.pk))
    assert not is_kept(session)
    written = caplog.text + "".join(capfd.readouterr())
    assert "provider_session_not_ended" in written
    assert f"http_{status}" in written


@pytest.mark.parametrize("answer", [Response(429), Response(503), Response(302), HangUp.RESET])
def test_revocations_that_fail_are_tried_again_and_close_sign_in_for_nobody(
    provider: FakeProvider, answer: Response | HangUp
) -> None:
    sessions = [signed_out_at(provider) for _ in range(6)]
    provider.answers[REVOKE] = answer
    for session in sessions:
        end_provider_session(str(session.pk))
    assert all(is_kept(session) for session in sessions)
    assert not ProviderHealth.objects.exists()
    assert Browser().begin().status_code == 302


def test_a_revocation_that_succeeds_says_nothing_of_sign_in(provider: FakeProvider) -> None:
    session = signed_out_at(provider)
    ProviderHealth.objects.create(provider_id="thaid", failures=4)
    provider.answers[REVOKE] = Response(200)
    end_provider_session(str(session.pk))
    assert not is_kept(session)
    assert ProviderHealth.objects.get().failures == 4


def test_a_provider_that_sign_ins_have_found_down_is_left_alone(provider: FakeProvider) -> None:
    session = signed_out_at(provider)
    ProviderHealth.objects.create(provider_id="thaid", failures=5, closed_until=timezone.now() + timedelta(minutes=1))
    end_provider_session(str(session.pk))
    assert is_kept(session)
    assert not provider.asked(REVOKE)


def test_a_provider_that_fails_is_asked_once_in_a_turn_and_another_is_asked(
    provider: FakeProvider, other: FakeProvider
) -> None:
    silent = [signed_out_at(provider) for _ in range(3)]
    well = signed_out_at(provider)
    Session.objects.filter(pk=well.pk).update(provider="dga")
    provider.answers[REVOKE] = HangUp.RESET
    other.answers[REVOKE] = Response(200)
    with time_machine.travel(timezone.now() + timedelta(seconds=30)):
        end_due_provider_sessions()
    assert [is_kept(session) for session in [*silent, well]] == [True, True, True, False]
    assert (len(provider.asked(REVOKE)), len(other.asked(REVOKE))) == (1, 1)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        end_due_provider_sessions()
    assert not any(is_kept(session) for session in silent), "the others of the turn are given up, too"
