"""Every status event is told exactly once, in both languages, in order (rule 3)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from citizens.notifications import services as notifying
from citizens.notifications.models import Notification
from citizens.notifications.services import notify_pending
from citizens.notifications.tasks import notify_pending as notify_task
from citizens.service_requests.lifecycle import News, lock_requests, save_transitions, transition
from citizens.service_requests.models import Actor, ServiceRequest, Status, StatusEvent
from citizens.service_requests.texts import STATUS_NAMES
from services_catalog.languages import NO_TEXT, Text
from services_catalog.models import Agency, Service
from tests.citizens.service_requests.making import make_request, make_service

NAME = {"th": "ศูนย์บริการ", "en": "Call centre"}
CONTACTS = [
    {"name": NAME, "phone": ""},
    {"name": NAME, "phone": "1111", "url": "https://hotline.go.th"},
    {"name": NAME, "phone": "1112"},
]


@pytest.fixture
def service(db: None) -> Service:
    return make_service()


def say(service_request: ServiceRequest, *steps: Status, milestone: Text = NO_TEXT) -> None:
    news = News(source=StatusEvent.Source.AGENCY, milestone=milestone)
    with transaction.atomic():
        [locked] = lock_requests([service_request.pk]).values()
        save_transitions([locked], [transition(locked, step, news) for step in steps])


def inbox(service_request: ServiceRequest) -> list[Notification]:
    """Newest first, as the phone gets it."""
    return list(Notification.objects.filter(citizen=service_request.citizen).order_by("-id"))


@pytest.mark.parametrize("requests", [1, 5])
def test_a_batch_takes_the_same_queries_however_long_it_is(
    service: Service, requests: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(requests):
        say(make_request(service), Status.DELIVERED, milestone=Text("คืบหน้า", "Progress"))
    with django_assert_num_queries(9):  # two looks, the second finds nothing; savepoints count
        notify_pending()
    assert Notification.objects.count() == 2 * requests


def test_every_event_is_told_once_however_often_we_look(service: Service) -> None:
    service_request = make_request(service)
    say(service_request, Status.DELIVERED, Status.COMPLETED)
    assert notify_pending() == 3
    notify_task()
    assert notify_pending() == 0
    told = [one.status_event_id for one in inbox(service_request)]
    assert sorted(map(str, told)) == sorted(str(one) for one in service_request.events.values_list("id", flat=True))
    assert not StatusEvent.objects.filter(notified_at__isnull=True).exists()


def test_the_inbox_is_in_the_order_of_the_timeline(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifying, "_BATCH", 2)
    service_request = make_request(service)
    say(service_request, Status.DELIVERED)
    say(service_request, Status.IN_PROGRESS, Status.ACTION_REQUIRED, Status.IN_PROGRESS, Status.COMPLETED)
    assert notify_pending() == 6
    events = [one.status_event for one in inbox(service_request)]
    assert [event and event.sequence for event in events] == [6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize("status", Status)
def test_says_what_happened_in_both_languages(service: Service, status: Status) -> None:
    service_request = make_request(service)
    now = timezone.now()
    StatusEvent.objects.create(
        service_request=service_request,
        sequence=2,
        status=status,
        source=StatusEvent.Source.PLATFORM,
        next_actor=Actor.NOBODY,
        occurred_at=now,
        created_at=now,
    )
    notify_pending()
    newest = inbox(service_request)[0]
    assert newest.title_th == f"{STATUS_NAMES[status].th}: ขอทดสอบ"
    assert newest.title_en == f"{STATUS_NAMES[status].en}: Ask for a test"
    for body in (newest.body_th, newest.body_en):
        assert service_request.receipt_number in body
        assert "{" not in body
    assert "secret words" not in newest.body_th + newest.body_en


def test_a_milestone_is_told_in_the_agencys_words(service: Service) -> None:
    service_request = make_request(service)
    say(service_request, Status.IN_PROGRESS, milestone=Text("ตรวจเอกสารแล้ว", "Documents checked"))
    notify_pending()
    newest = inbox(service_request)[0]
    assert newest.body_th.startswith("ตรวจเอกสารแล้ว ")
    assert newest.body_en.startswith("Documents checked ")


def test_who_cannot_be_served_is_told_whom_to_call(service: Service) -> None:
    Agency.objects.filter(pk=service.agency_id).update(contact_phone="1584")
    service_request = make_request(service)
    say(service_request, Status.UNDELIVERABLE)
    notify_pending()
    assert "1584" in inbox(service_request)[0].body_th
    assert "1584" in inbox(service_request)[0].body_en


@pytest.mark.parametrize("status", [Status.UNDELIVERABLE, Status.REJECTED])
def test_a_service_is_reached_by_its_own_contact_first(service: Service, status: Status) -> None:
    Agency.objects.filter(pk=service.agency_id).update(contact_phone="1584")
    Service.objects.filter(pk=service.pk).update(contacts=CONTACTS)
    service_request = make_request(service)
    say(service_request, status)
    notify_pending()
    newest = inbox(service_request)[0]
    for body in (newest.body_th, newest.body_en):
        assert "1111 · https://hotline.go.th" in body
        assert "1584" not in body


@pytest.mark.parametrize("status", [Status.UNDELIVERABLE, Status.REJECTED])
def test_where_nobody_has_a_contact_the_agency_is_named(service: Service, status: Status) -> None:
    Agency.objects.filter(pk=service.agency_id).update(name_en="")
    service_request = make_request(service)
    say(service_request, status)
    notify_pending()
    newest = inbox(service_request)[0]
    assert "ติดต่อ" in newest.body_th
    assert newest.body_th.endswith(f"กรมทดสอบ (เลขที่รับ {service_request.receipt_number})")
    assert newest.body_en.endswith(f": กรมทดสอบ (Receipt {service_request.receipt_number})")


def test_a_service_without_an_english_name_keeps_its_thai_one(service: Service) -> None:
    Service.objects.filter(pk=service.pk).update(name_en="")
    service_request = make_request(service)
    notify_pending()
    assert inbox(service_request)[0].title_en == "Received: ขอทดสอบ"


def test_an_event_that_was_told_before_a_crash_is_not_told_again(service: Service) -> None:
    """The row in the inbox is there, the mark on the event is not."""
    service_request = make_request(service)
    notify_pending()
    first = inbox(service_request)
    StatusEvent.objects.update(notified_at=None)
    assert notify_pending() == 1
    assert inbox(service_request) == first


@pytest.mark.django_db(transaction=True)
def test_notifiers_at_the_same_moment_tell_every_event_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifying, "_BATCH", 3)
    service = make_service()
    requests = [make_request(service) for _ in range(15)]
    for one in requests[::2]:
        say(one, Status.DELIVERED)

    def notify(_: int) -> int:
        try:
            return notify_pending()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        told = sum(pool.map(notify, range(4)))
    told += notify_pending()
    events = StatusEvent.objects.count()
    assert events == 15 + 8
    assert told == events, "no event was in two batches"
    assert Notification.objects.count() == events
    assert Notification.objects.values("status_event").distinct().count() == events


def test_an_events_time_is_when_it_happened_and_not_when_it_was_told(service: Service) -> None:
    service_request = make_request(service)
    before = service_request.events.get().occurred_at
    notify_pending()
    event = service_request.events.get()
    assert event.occurred_at == before
    assert event.notified_at is not None
    assert event.notified_at - event.created_at < timedelta(minutes=1)
