"""Agencies push news: signed as Standard Webhooks has it, in any order, more than once."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from citizens.models import Citizen
from citizens.service_requests.models import AgencyEvent, ServiceRequest, Status, StatusEvent
from services_catalog.models import Agency, Service
from services_catalog.services.credentials import credential_set_primary
from superapp.sandbox.credentials import AgencyCredentials
from tests.citizens.service_requests.submitting import assert_problem
from tests.factories import credentials_of, make_agency, make_request, make_service
from tests.signatures import signature

PATH = "/api/agency/v1/status-events"


@pytest.fixture
def made(citizen: Citizen, service: Service) -> ServiceRequest:
    return make_request(citizen, service)


def message(reference: object, status: str = "in_progress", **data: Any) -> dict[str, Any]:
    return {
        "type": "service_request.status_changed",
        "timestamp": datetime.now(UTC).isoformat(),
        "data": {"reference": str(reference), "status": status, **data},
    }


def push(
    secrets: AgencyCredentials, content: Any, *, event_id: str = "event-1", timestamp: Any = None, **extra: str
) -> Any:
    """One push with right headers; `extra` headers take the place of them."""
    body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    timestamp = int(time.time()) if timestamp is None else timestamp
    headers: dict[str, Any] = {
        "HTTP_AUTHORIZATION": f"Bearer {secrets.api_key}",
        "HTTP_WEBHOOK_ID": event_id,
        "HTTP_WEBHOOK_TIMESTAMP": str(timestamp),
        "HTTP_WEBHOOK_SIGNATURE": signature(secrets.callback_secret, event_id, timestamp, body),
    }
    return APIClient().post(PATH, body, content_type="application/json", **{**headers, **extra})


def assert_nothing_happened() -> None:
    assert not AgencyEvent.objects.exists()
    assert StatusEvent.objects.count() == ServiceRequest.objects.count()
    assert not ServiceRequest.objects.exclude(status=Status.RECEIVED).exists()


def test_the_signature_is_the_one_of_the_specification() -> None:
    """The example of standardwebhooks.com: what the tests sign with is not what we made up."""
    signed = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_news_moves_the_request(agency: Agency, made: ServiceRequest) -> None:
    answer = push(
        credentials_of(agency),
        message(
            made.pk,
            "action_required",
            agency_reference="DLT-7",
            label={"th": "รอเอกสาร", "en": "Waiting for papers"},
            milestone={"th": "กรุณาส่งรูปถ่าย", "en": "Please send a photo"},
            who_acts_next="citizen",
        ),
    )

    assert (answer.status_code, answer.json()) == (200, {"accepted": True, "replayed": False})
    made.refresh_from_db()
    assert (made.status, made.agency_reference, made.next_actor) == ("action_required", "DLT-7", "citizen")
    assert made.next_attempt_at is None
    assert made.agency_heard_at is not None
    event = made.events.get(sequence=2)
    assert (event.source, event.from_status, event.label_en) == ("agency", "received", "Waiting for papers")
    assert event.milestone_th == "กรุณาส่งรูปถ่าย"


def test_an_event_counts_once(agency: Agency, made: ServiceRequest) -> None:
    secrets = credentials_of(agency)
    milestone = message(made.pk, milestone={"th": "ก", "en": "a"})
    push(secrets, milestone)

    again = push(secrets, milestone)

    assert (again.status_code, again.json()["replayed"]) == (200, True)
    assert made.events.count() == 2
    assert AgencyEvent.objects.count() == 1
    push(secrets, milestone, event_id="event-2")
    assert made.events.count() == 3


def test_event_ids_of_two_agencies_do_not_meet(agency: Agency, made: ServiceRequest, citizen: Citizen) -> None:
    other = make_agency("doe")
    second = make_request(citizen, make_service(other, "doe-service"))

    assert push(credentials_of(agency), message(made.pk)).json()["replayed"] is False
    assert push(credentials_of(other), message(second.pk)).json()["replayed"] is False


def test_late_news_changes_nothing(agency: Agency, made: ServiceRequest) -> None:
    secrets = credentials_of(agency)
    push(secrets, message(made.pk, "completed"), event_id="2")

    late = push(secrets, message(made.pk, "in_progress"), event_id="1")

    assert (late.status_code, late.json()["replayed"]) == (200, False)
    made.refresh_from_db()
    assert made.status == Status.COMPLETED
    assert [event.status for event in made.events.order_by("sequence")] == ["received", "completed"]


@pytest.mark.parametrize("status", ["in_progress", "action_required", "completed", "rejected", "cancelled"])
def test_news_may_overtake_our_own_record(agency: Agency, made: ServiceRequest, status: str) -> None:
    push(credentials_of(agency), message(made.pk, status))
    made.refresh_from_db()
    assert made.status == status


@pytest.mark.parametrize("status", ["received", "delivered", "undeliverable", "lost", ""])
def test_statuses_that_are_ours_to_give_are_refused(agency: Agency, made: ServiceRequest, status: str) -> None:
    body = assert_problem(push(credentials_of(agency), message(made.pk, status)), 422, "invalid_data")
    assert [error["pointer"] for error in body["errors"]] == ["#/data/status"]
    assert_nothing_happened()


def test_the_request_of_another_agency_does_not_exist(made: ServiceRequest) -> None:
    other = credentials_of(make_agency("doe"))

    foreign, unknown = push(other, message(made.pk)), push(other, message(uuid4()))

    assert_problem(foreign, 404, "not_found")
    assert foreign.json() == unknown.json()
    assert_nothing_happened()


Change = Callable[[AgencyCredentials, bytes], dict[str, str]]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda secrets, body: {"HTTP_AUTHORIZATION": ""}, id="no-key"),
        pytest.param(lambda secrets, body: {"HTTP_AUTHORIZATION": "Bearer made-up"}, id="wrong-key"),
        pytest.param(lambda secrets, body: {"HTTP_AUTHORIZATION": f"Basic {secrets.api_key}"}, id="other-scheme"),
        pytest.param(lambda secrets, body: {"HTTP_WEBHOOK_SIGNATURE": ""}, id="no-signature"),
        pytest.param(lambda secrets, body: {"HTTP_WEBHOOK_SIGNATURE": "v1,AAAA"}, id="wrong-signature"),
        pytest.param(lambda secrets, body: {"HTTP_WEBHOOK_SIGNATURE": "v1,\xe0\xb8\x81"}, id="odd-signature"),
        pytest.param(
            lambda secrets, body: {
                "HTTP_WEBHOOK_SIGNATURE": signature("whsec_AAAA", "event-1", int(time.time()), body)
            },
            id="wrong-secret",
        ),
        pytest.param(
            lambda secrets, body: {
                "HTTP_WEBHOOK_SIGNATURE": signature(secrets.callback_secret, "event-1", int(time.time()), body + b" ")
            },
            id="another-body",
        ),
        pytest.param(lambda secrets, body: {"HTTP_WEBHOOK_ID": "event-2"}, id="another-id"),
        pytest.param(lambda secrets, body: {"HTTP_WEBHOOK_ID": ""}, id="no-id"),
        pytest.param(
            lambda secrets, body: {"HTTP_WEBHOOK_TIMESTAMP": str(int(time.time()) + 30)}, id="another-timestamp"
        ),
        pytest.param(lambda secrets, body: {"HTTP_WEBHOOK_TIMESTAMP": ""}, id="no-timestamp"),
    ],
)
def test_who_does_not_prove_it_is_refused(agency: Agency, made: ServiceRequest, change: Change) -> None:
    content = message(made.pk)
    secrets = credentials_of(agency)
    body = json.dumps(content, ensure_ascii=False).encode()

    refused = push(secrets, body, **change(secrets, body))

    assert_problem(refused, 401, "agency_not_recognised")
    assert refused["WWW-Authenticate"] == "Bearer"
    assert_nothing_happened()


@pytest.mark.parametrize("seconds", [-301, 301, -(10**9)])
def test_an_old_or_early_message_is_refused(agency: Agency, made: ServiceRequest, seconds: int) -> None:
    refused = push(credentials_of(agency), message(made.pk), timestamp=int(time.time()) + seconds)
    assert_problem(refused, 401, "agency_not_recognised")
    assert_nothing_happened()


@pytest.mark.parametrize("timestamp", ["now", "1e9", "-1", "９" * 9, "9" * 5000, "1.5"])
def test_a_timestamp_that_is_none_is_refused(agency: Agency, made: ServiceRequest, timestamp: str) -> None:
    refused = push(credentials_of(agency), message(made.pk), timestamp=timestamp)
    assert_problem(refused, 401, "agency_not_recognised")


def test_a_message_of_some_minutes_ago_is_taken(agency: Agency, made: ServiceRequest) -> None:
    assert push(credentials_of(agency), message(made.pk), timestamp=int(time.time()) - 290).status_code == 200


def test_any_of_several_signatures_is_enough(agency: Agency, made: ServiceRequest) -> None:
    secrets, content = credentials_of(agency), message(made.pk)
    body = json.dumps(content, ensure_ascii=False).encode()
    right = signature(secrets.callback_secret, "event-1", int(time.time()), body)
    answer = push(secrets, body, HTTP_WEBHOOK_SIGNATURE=f"v2,other v1,AAAA {right}")
    assert answer.status_code == 200


def test_old_and_new_credentials_work_side_by_side_until_the_next_change(agency: Agency, made: ServiceRequest) -> None:
    generations = [credentials_of(agency, generation=generation) for generation in ("", "2", "3")]

    def set_primary(secrets: AgencyCredentials) -> None:
        credential_set_primary(
            agency=agency,
            api_key=secrets.api_key,
            callback_secret=secrets.callback_secret,
            outgoing_secret=secrets.outgoing_secret,
        )

    def statuses() -> list[int]:
        answers = [push(secrets, message(made.pk), event_id=uuid4().hex) for secrets in generations]
        return [answer.status_code for answer in answers]

    assert statuses() == [200, 401, 401]
    set_primary(generations[1])
    assert statuses() == [200, 200, 401]
    set_primary(generations[2])
    assert statuses() == [401, 200, 200]


def test_key_and_secret_may_change_one_after_the_other(agency: Agency, made: ServiceRequest) -> None:
    old, new = credentials_of(agency), credentials_of(agency, generation="2")
    credential_set_primary(
        agency=agency,
        api_key=new.api_key,
        callback_secret=new.callback_secret,
        outgoing_secret=new.outgoing_secret,
    )
    mixed = AgencyCredentials(new.api_key, old.callback_secret, new.outgoing_secret)
    assert push(mixed, message(made.pk)).status_code == 200


def test_keys_and_secrets_are_not_kept_readable(agency: Agency) -> None:
    secrets = credentials_of(agency)
    kept = [bytes(value) for value in vars(agency.credential).values() if isinstance(value, bytes | memoryview)]
    assert len(kept) == 3
    for secret in (secrets.api_key, secrets.callback_secret, secrets.outgoing_secret):
        assert not any(secret.encode() in value for value in kept)


@pytest.mark.parametrize("length", [128, 129, 5000])
def test_event_ids_have_a_length(agency: Agency, made: ServiceRequest, length: int) -> None:
    answer = push(credentials_of(agency), message(made.pk), event_id="x" * length)
    if length <= 128:
        assert answer.status_code == 200
    else:
        assert_problem(answer, 400, "malformed_request")
        assert_nothing_happened()


@pytest.mark.parametrize(
    "change",
    [
        {"reference": "x"},
        {"reference": None},
        {"reference": -1},
        {"agency_reference": "x" * 201},
        {"agency_reference": None},
        {"label": "text"},
        {"label": {"th": "ก"}},
        {"label": None},
        {"milestone": {"th": "ก" * 1001, "en": ""}},
        {"who_acts_next": "somebody"},
        {"status": ["completed"]},
        {"status": {}},
    ],
    ids=str,
)
def test_news_of_the_wrong_shape(agency: Agency, made: ServiceRequest, change: dict[str, Any]) -> None:
    content = message(made.pk)
    content["data"] |= change
    answer = assert_problem(push(credentials_of(agency), content), 422, "invalid_data")
    assert all(error["pointer"].startswith(f"#/data/{next(iter(change))}") for error in answer["errors"])
    assert_nothing_happened()


@pytest.mark.parametrize(
    "timestamp",
    [
        *("yesterday", "0000-00-00", 7, None),
        *("0001-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
    ],
)
def test_times_that_cannot_be(agency: Agency, made: ServiceRequest, timestamp: object) -> None:
    content = {**message(made.pk), "timestamp": timestamp}
    answer = assert_problem(push(credentials_of(agency), content), 422, "invalid_data")
    assert [error["pointer"] for error in answer["errors"]] == ["#/timestamp"]


@pytest.mark.parametrize("field", ["opened_at", "asks"])
def test_moments_in_the_data_that_cannot_be(agency: Agency, made: ServiceRequest, field: str) -> None:
    moment = "0001-01-01T00:00:00"
    value = {"text": {"th": "ก", "en": ""}, "until": moment} if field == "asks" else moment
    refused = push(credentials_of(agency), message(made.pk, "action_required", **{field: value}))
    [error] = assert_problem(refused, 422, "invalid_data")["errors"]
    assert (error["pointer"].startswith(f"#/data/{field}"), error["code"]) == (True, "overflow")
    assert_nothing_happened()


def test_a_year_of_the_buddhist_era_is_refused(agency: Agency, made: ServiceRequest) -> None:
    """Taken, it would make all that the agency tells afterwards old news."""
    year_2569 = "2569-03-02T09:00:00+07:00"
    asks = {"text": {"th": "ก", "en": ""}, "until": year_2569}
    content = {**message(made.pk, "action_required", opened_at=year_2569, asks=asks), "timestamp": year_2569}
    errors = assert_problem(push(credentials_of(agency), content), 422, "invalid_data")["errors"]
    assert {error["pointer"] for error in errors} == {"#/timestamp", "#/data/opened_at", "#/data/asks/until"}
    assert {error["code"] for error in errors} == {"too_far_ahead"}
    assert "2026, not 2569" in errors[0]["message"]["en"]
    assert "คริสต์ศักราช" in errors[0]["message"]["th"]
    assert_nothing_happened()


@pytest.mark.parametrize(("minutes", "status"), [(4, 200), (6, 422)])
def test_a_clock_may_be_some_minutes_fast(agency: Agency, made: ServiceRequest, minutes: int, status: int) -> None:
    ahead = datetime.now(UTC) + timedelta(minutes=minutes)
    content = {**message(made.pk, opened_at=ahead.isoformat()), "timestamp": ahead.isoformat()}
    assert push(credentials_of(agency), content).status_code == status


def test_the_first_moment_can_be_read_back(agency: Agency, made: ServiceRequest, api: APIClient) -> None:
    assert push(credentials_of(agency), {**message(made.pk), "timestamp": "0001-01-01T00:00:00Z"}).status_code == 200
    assert api.get(f"/api/v1/service-requests/{made.pk}/events").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 400), (b'{"type": "\xff"}', 400), (b"[]", 422), (b"x" * 300_000, 413)]
)
def test_signed_nonsense(agency: Agency, made: ServiceRequest, body: bytes, status: int) -> None:
    assert push(credentials_of(agency), body).status_code == status
    assert_nothing_happened()


def test_a_body_far_over_the_limit(agency: Agency) -> None:
    assert_problem(push(credentials_of(agency), b"x" * 3_000_000), 413, "body_too_large")


def test_a_citizens_token_is_no_key(agency: Agency, made: ServiceRequest, access_token: str) -> None:
    refused = push(credentials_of(agency), message(made.pk), HTTP_AUTHORIZATION=f"Bearer {access_token}")
    assert_problem(refused, 401, "agency_not_recognised")
