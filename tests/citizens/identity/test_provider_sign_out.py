"""Signing out here ends the provider's own session, too, and never waits for it."""

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from celery import current_app
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIClient

from citizens.identity.provider_sessions import provider_session_seal, provider_session_unseal
from citizens.identity.sessions import session_end
from citizens.identity.tasks import end_due_provider_sessions, end_provider_session
from citizens.models import IdentityProvider, Session, SignIn
from services_catalog.queues import END_PROVIDER_SESSION
from superapp.sandbox.client import exchange
from superapp.sandbox.credentials import CLIENT_ID, client_secret
from superapp.sandbox.server import Sandbox
from tests.citizens.identity.begun import Begun
from tests.citizens.identity.conftest import PHONE, Browser, use_sandbox
from tests.citizens.identity.fake_provider import FakeProvider, segment
from tests.conftest import phone_with
from tests.factories import SECRET, make_provider
from tests.superapp.sandbox.identity.client import basic

Working = Callable[[], AbstractContextManager[None]]
SIGN_OUT = "/api/v1/auth/sign-out"


@pytest.fixture
def phone(browser: Browser) -> APIClient:
    """Signed in at the sandbox's ThaID."""
    return phone_with(browser.tokens()["access_token"])


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """The messages that workers would get."""
    messages: list[tuple[str, list[str]]] = []

    def send(_app: object, name: str, args: list[str], **_options: object) -> None:
        messages.append((name, args))

    monkeypatch.setattr(type(current_app), "send_task", send, raising=False)
    return messages


@pytest.fixture
def working(
    sent: list[tuple[str, list[str]]], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Working:
    """with working(): … and what that has sent is done by a worker."""

    @contextmanager
    def block() -> Iterator[None]:
        with django_capture_on_commit_callbacks(execute=True):
            yield
        for name, args in sent:
            assert name == END_PROVIDER_SESSION
            end_provider_session(*args)

    return block


def is_active(sandbox: Sandbox, access_token: str) -> bool:
    answer = exchange(
        "POST",
        f"{sandbox.urls['thaid']}/api/v2/oauth2/introspect/",
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            **basic(client_secret("thaid", secret=SECRET)),
        },
        body=f"token={access_token}".encode(),
    )
    return bool(answer.json()["active"])


def token_at_thaid(session: Session | None = None) -> str:
    return provider_session_unseal(session or Session.objects.get())["access_token"]


def test_signing_out_here_ends_the_session_at_thaid(
    phone: APIClient,
    sandbox: Sandbox,
    sent: list[tuple[str, list[str]]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    session, token = Session.objects.get(), token_at_thaid()
    assert is_active(sandbox, token)

    with django_capture_on_commit_callbacks(execute=True):
        assert phone.post(SIGN_OUT).status_code == 204

    assert sent == [(END_PROVIDER_SESSION, [str(session.pk)])], "a worker's message has the session's id alone"
    end_provider_session(str(session.pk))
    assert not is_active(sandbox, token)
    session.refresh_from_db()
    assert session.provider_session_encrypted is None
    end_provider_session(str(session.pk))  # a message that comes twice


def test_a_device_that_is_signed_out_from_another_ends_at_thaid(phone: APIClient, sandbox: Sandbox) -> None:
    lost, token = Session.objects.get(), token_at_thaid()
    other = phone_with(Browser().tokens()["access_token"])

    assert other.delete(f"/api/v1/me/sessions/{lost.pk}").status_code == 204
    end_provider_session(str(lost.pk))

    assert not is_active(sandbox, token)


def test_a_session_that_a_stronger_one_replaces_ends_at_thaid_and_the_new_one_goes_on(
    browser: Browser, sandbox: Sandbox, working: Working
) -> None:
    weak = browser.tokens()
    replaced, token = Session.objects.get(), token_at_thaid()

    with working():
        Browser().tokens(replaces=weak["refresh_token"])

    replaced.refresh_from_db()
    assert (replaced.ended_because, replaced.provider_session_encrypted) == ("replaced", None)
    assert not is_active(sandbox, token)
    assert is_active(sandbox, token_at_thaid(Session.objects.get(ended_at=None)))


def test_a_session_whose_refresh_token_was_copied_ends_at_thaid(
    browser: Browser, sandbox: Sandbox, working: Working
) -> None:
    copied = browser.tokens()["refresh_token"]
    session, token = Session.objects.get(), token_at_thaid()
    assert browser.refresh(copied).status_code == 200
    assert is_active(sandbox, token), "a refresh is none of the provider's business"

    with time_machine.travel(timezone.now() + timedelta(seconds=31)), working():
        assert browser.refresh(copied).status_code == 400

    session.refresh_from_db()
    assert (session.ended_because, session.provider_session_encrypted) == ("token_reused", None)
    assert not is_active(sandbox, token)


def test_unlinking_ends_the_sessions_at_thaid_but_for_the_one_that_asks(
    browser: Browser, sandbox: Sandbox, working: Working
) -> None:
    use_sandbox(sandbox, "moprom")
    assert "code" in Browser().sign_in(provider="moprom")
    browser.tokens()
    other, token = Session.objects.get(), token_at_thaid()
    asking = phone_with(Browser().tokens()["access_token"])

    with working():
        assert asking.delete("/api/v1/me/identities/thaid").status_code == 204

    other.refresh_from_db()
    assert (other.ended_because, other.provider_session_encrypted) == ("unlinked", None)
    assert not is_active(sandbox, token)
    assert is_active(sandbox, token_at_thaid(Session.objects.get(ended_at=None)))


@pytest.mark.parametrize("because", [because for because in Session.EndedBecause if because != "expired"])
def test_where_only_a_page_ends_it_the_provider_is_not_called_and_nothing_is_kept(
    provider: FakeProvider, working: Working, because: Session.EndedBecause
) -> None:
    """The page is for the browser of who signs out; a session that ends otherwise lives on there to its own end."""
    make_provider(provider.url, options={"revoke_url": "", "end_session_url": f"{provider.url}/connect/endsession"})
    begun = Begun()
    provider.answers_with(provider.signs(provider.claims(begun.asked["nonce"])))
    assert begun.browser.exchange(code=begun.come_back()["code"]).status_code == 200
    session, called = Session.objects.get(), len(provider.arrived)
    assert provider_session_unseal(session)

    with working():
        session_end(session.pk, because)

    session.refresh_from_db()
    assert session.provider_session_encrypted is None
    assert len(provider.arrived) == called


def test_a_lost_message_is_made_up_for_by_the_clock(phone: APIClient, sandbox: Sandbox) -> None:
    token = token_at_thaid()
    phone.post(SIGN_OUT)
    end_due_provider_sessions()
    assert is_active(sandbox, token), "the message has its chance first"
    with time_machine.travel(timezone.now() + timedelta(seconds=30)):
        end_due_provider_sessions()
    assert not is_active(sandbox, token)


def test_a_session_that_goes_on_is_left_alone(phone: APIClient, sandbox: Sandbox) -> None:
    end_provider_session(str(Session.objects.get().pk))
    assert is_active(sandbox, token_at_thaid())


def test_a_provider_that_is_down_keeps_nobody_from_signing_out(
    phone: APIClient,
    use_provider: Callable[[str], IdentityProvider],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    session, token = Session.objects.get(), token_at_thaid()
    caplog.set_level(logging.DEBUG)
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        use_provider(f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert phone.post(SIGN_OUT).status_code == 204
        end_provider_session(str(session.pk))
        assert token_at_thaid() == token, "it is tried again"
        with time_machine.travel(timezone.now() + timedelta(minutes=16)):
            end_due_provider_sessions()
    session.refresh_from_db()
    assert session.provider_session_encrypted is None, "what cannot be ended is not kept for ever"
    written = caplog.text + "".join(capfd.readouterr())
    assert "provider_session_not_ended" in written
    assert token not in written


def test_what_a_provider_that_is_off_would_need_is_erased(
    phone: APIClient,
) -> None:
    session = Session.objects.get()
    phone.post(SIGN_OUT)
    IdentityProvider.objects.update(is_on=False)
    end_provider_session(str(session.pk))
    session.refresh_from_db()
    assert session.provider_session_encrypted is None


def test_tokens_of_the_provider_are_sealed_to_the_session_and_leave_the_sign_in(browser: Browser) -> None:
    browser.tokens()
    session = Session.objects.get()
    assert token_at_thaid().encode() not in bytes(session.provider_session_encrypted or b"")
    assert SignIn.objects.get().provider_session_encrypted is None
    moved = Session(provider_session_encrypted=session.provider_session_encrypted)
    assert provider_session_unseal(moved) == {}


def test_an_id_token_that_tells_the_number_is_put_in_no_address(provider: FakeProvider) -> None:
    make_provider(provider.url, options={"end_session_url": f"{provider.url}/connect/endsession"})
    begun = Begun()
    provider.answers_with(provider.signs(provider.claims(begun.asked["nonce"])))
    tokens = begun.browser.exchange(code=begun.come_back()["code"]).json()

    address = phone_with(tokens["access_token"]).post(SIGN_OUT).json()["provider_sign_out_url"]

    asked = dict(parse_qsl(urlsplit(address).query))
    assert asked == {"client_id": CLIENT_ID, "post_logout_redirect_uri": PHONE}


def test_the_phone_is_told_the_page_that_ends_the_providers_session(browser: Browser) -> None:
    tokens = browser.tokens()
    make_provider("https://connect.example", options={"end_session_url": "https://connect.example/connect/endsession"})
    session = Session.objects.get()
    id_token = f"x.{segment({'sub': 'pairwise'})}.z"
    session.provider_session_encrypted = provider_session_seal(session.pk, {"id_token": id_token})
    session.save()

    answer = phone_with(tokens["access_token"]).post(SIGN_OUT)

    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    address = urlsplit(answer.json()["provider_sign_out_url"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == "https://connect.example/connect/endsession"
    assert dict(parse_qsl(address.query)) == {"id_token_hint": id_token, "post_logout_redirect_uri": PHONE}
    session.refresh_from_db()
    assert session.ended_because == "signed_out"
