"""The citizen's devices: listed, signed out one by one, and replaced by a stronger sign-in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from rest_framework.test import APIClient

from citizens.identity.assurance import LOWEST_AAL, Assurance
from citizens.identity.events import identity_event_write
from citizens.identity.tokens import access_token_check, access_token_issue
from citizens.models import Citizen, IdentityEvent, Session
from citizens.notifications.identity_events import identity_events_notify
from citizens.notifications.models import Notification
from citizens.notifications.tasks import notify_identity_events
from services_catalog.models import Service
from tests.citizens.identity.conftest import Browser, landing
from tests.conftest import phone_with
from tests.factories import make_citizen, make_provider, make_session

SESSIONS, EVENTS = "/api/v1/me/sessions", "/api/v1/me/identity-events"
Commit = Callable[..., Any]


def events_of(phone: APIClient) -> list[dict[str, Any]]:
    answer = phone.get(EVENTS)
    assert answer.status_code == 200
    return list(answer.json()["results"])


def test_devices_are_listed_with_what_tells_them_apart(browser: Browser) -> None:
    phone = phone_with(browser.tokens(device_name="Somchai's phone")["access_token"])
    Browser().tokens(device_name="แท็บเล็ตที่บ้าน")

    listed = phone.get(SESSIONS).json()["results"]

    assert [one["device_name"] for one in listed] == ["แท็บเล็ตที่บ้าน", "Somchai's phone"]
    assert [one["is_this_one"] for one in listed] == [False, True]
    one = listed[1]
    assert one["provider"] == {"code": "thaid", "name": {"th": "ThaID (จำลอง)", "en": "ThaID (sandbox)"}}
    assert (one["ial"], one["aal"], one["network"], one["last_used_at"]) == ("2.3", "2.2", "127.0.0.0/24", None)
    assert one["signed_in_at"]


def test_a_device_named_at_the_beginning_keeps_that_name(browser: Browser) -> None:
    back = browser.consent(browser.begin(device_name="Old name")["Location"], "1234567890121")
    assert browser.exchange(code=landing(browser.come_back(back))["code"]).status_code == 200
    assert Session.objects.get().device_name == "Old name"


@pytest.mark.parametrize("name", ["x" * 81, "a\x00b"])
def test_a_device_name_that_cannot_be_is_refused(browser: Browser, name: str) -> None:
    assert browser.exchange(code="x", device_name=name).status_code in (400, 422)


def test_another_device_is_signed_out_at_once(
    citizen: Citizen, api: APIClient, django_capture_on_commit_callbacks: Commit
) -> None:
    lost = make_session(citizen)
    with django_capture_on_commit_callbacks(execute=True):
        assert api.delete(f"{SESSIONS}/{lost.pk}").status_code == 204

    assert phone_with(access_token_issue(lost)).get(SESSIONS).status_code == 401
    assert [one["is_this_one"] for one in api.get(SESSIONS).json()["results"]] == [True]
    assert IdentityEvent.objects.get(kind="session_revoked").citizen == citizen
    again = api.delete(f"{SESSIONS}/{lost.pk}")
    assert (again.status_code, again.json()["code"]) == (404, "unknown_session")


def test_a_device_of_another_citizen_does_not_exist(api: APIClient) -> None:
    foreign = make_session(make_citizen())
    refused = api.delete(f"{SESSIONS}/{foreign.pk}")
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_session")
    foreign.refresh_from_db()
    assert foreign.ended_at is None


def test_devices_of_another_citizen_are_not_listed(api: APIClient) -> None:
    make_session(make_citizen())
    assert len(api.get(SESSIONS).json()["results"]) == 1


def test_a_step_up_ends_the_session_it_replaces(browser: Browser) -> None:
    weak = browser.tokens()
    replaced = Session.objects.get()
    strong = Browser().tokens(replaces=weak["refresh_token"])

    replaced.refresh_from_db()
    assert replaced.ended_because == "replaced"
    assert browser.refresh(weak["refresh_token"]).status_code == 400
    assert browser.refresh(strong["refresh_token"]).status_code == 200


def test_nobody_replaces_the_session_of_another_citizen(browser: Browser) -> None:
    theirs = browser.tokens()
    Browser().tokens("1101700234568", replaces=theirs["refresh_token"])
    assert not Session.objects.filter(ended_at__isnull=False).exists()


def test_a_made_up_token_replaces_nothing_and_stops_nobody(browser: Browser) -> None:
    browser.tokens(replaces="made-up")
    assert Session.objects.get().ended_at is None


def test_the_citizen_reads_what_happened_to_their_identity(browser: Browser) -> None:
    phone = phone_with(browser.tokens(device_name="Phone")["access_token"])
    other = phone_with(Browser().tokens(device_name="Tablet")["access_token"])
    assert other.post("/api/v1/auth/sign-out").status_code == 204

    events = events_of(phone)

    assert [one["kind"] for one in events] == ["signed_out", "signed_in", "signed_in", "linked"]
    assert events[0]["device_name"] == "Tablet"
    signed_in = events[1]
    assert signed_in["text"] == {"th": "เข้าสู่ระบบด้วย ThaID (จำลอง)", "en": "You signed in with ThaID (sandbox)."}
    assert signed_in["provider"] == {"code": "thaid", "name": {"th": "ThaID (จำลอง)", "en": "ThaID (sandbox)"}}
    assert (signed_in["ial"], signed_in["aal"], signed_in["network"]) == ("2.3", "2.2", "127.0.0.0/24")


def test_an_event_names_the_service_and_what_it_learned(citizen: Citizen, api: APIClient, service: Service) -> None:
    claims = ["given_name_th", "birthdate"]
    kind = IdentityEvent.Kind.TOKEN_REDEEMED
    identity_event_write(citizen.pk, kind, service_id=service.pk, claims=claims)
    newest = events_of(api)[0]
    assert newest["service"] == {"code": service.code, "name": {"th": service.name_th, "en": service.name_en}}
    assert newest["claims"] == claims
    assert service.name_en in newest["text"]["en"]


@pytest.mark.parametrize("kind", IdentityEvent.Kind)
def test_every_event_has_a_sentence_in_both_languages(citizen: Citizen, api: APIClient, kind: str) -> None:
    identity_event_write(
        citizen.pk, IdentityEvent.Kind(kind), provider="gone", assurance=Assurance(LOWEST_AAL, LOWEST_AAL)
    )
    text = events_of(api)[0]["text"]
    assert text["th"]
    assert text["en"]
    assert "{" not in text["th"] + text["en"]


def test_events_of_another_citizen_are_not_shown(api: APIClient) -> None:
    identity_event_write(make_citizen().pk, IdentityEvent.Kind.SIGNED_IN, provider="moprom")
    assert "moprom" not in str(events_of(api))


def test_events_come_in_pages(citizen: Citizen, api: APIClient) -> None:
    for _ in range(3):
        identity_event_write(citizen.pk, IdentityEvent.Kind.SIGNED_OUT)
    first = api.get(EVENTS, {"page_size": 2}).json()
    rest = api.get(first["next"]).json()
    ids = [one["id"] for one in first["results"] + rest["results"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == citizen.identity_events.count()


def test_the_database_refuses_to_change_an_identity_event(citizen: Citizen) -> None:
    event = identity_event_write(citizen.pk, IdentityEvent.Kind.SIGNED_IN, provider="thaid")
    for change in ({"kind": "signed_out"}, {"network": "10.0.0.0/24"}, {"provider": "moprom"}, {"claims": ["x"]}):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            IdentityEvent.objects.filter(pk=event.pk).update(**change)


def test_what_a_citizen_may_not_have_done_is_told_in_the_inbox_once(citizen: Citizen, api: APIClient) -> None:
    make_provider("http://127.0.0.1:9")
    notify_identity_events()
    Notification.objects.all().delete()
    identity_event_write(citizen.pk, IdentityEvent.Kind.SIGNED_IN, provider="thaid")
    held = identity_event_write(citizen.pk, IdentityEvent.Kind.HELD, provider="thaid")
    reused = identity_event_write(citizen.pk, IdentityEvent.Kind.TOKEN_REUSED, provider="thaid")

    assert identity_events_notify() == 2
    assert identity_events_notify() == 0

    told = api.get("/api/v1/notifications").json()["results"]
    assert [one["identity_event"] for one in told] == [str(reused.pk), str(held.pk)]
    assert [one["service_request"] for one in told] == [None, None]
    assert "ThaID" in told[1]["body"]["en"]
    assert "ThaID" in told[1]["body"]["th"]
    assert told[0]["body"]["en"].startswith("A sign-in key that had been used came again.")


def test_what_was_told_before_a_crash_is_not_told_again(citizen: Citizen) -> None:
    identity_event_write(citizen.pk, IdentityEvent.Kind.TOKEN_REUSED)
    identity_events_notify()
    IdentityEvent.objects.update(notified_at=None)
    before = Notification.objects.count()
    assert identity_events_notify() >= 1
    assert Notification.objects.count() == before


def test_a_token_names_its_provider(citizen: Citizen) -> None:
    assert access_token_check(access_token_issue(make_session(citizen))).provider == "thaid"
