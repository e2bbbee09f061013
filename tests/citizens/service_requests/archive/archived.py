"""Requests at their end, and what the database has of them."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from citizens.notifications.services import notify_pending
from citizens.service_requests.archive.files import ArchivedRequest, read_files
from citizens.service_requests.archive.parts import PARTS
from citizens.service_requests.archive.write import Run, requests_archive
from citizens.service_requests.lifecycle import News, lock_requests, save_transitions, transition
from citizens.service_requests.models import CitizenResponse, Difference, Outcome, ServiceRequest, Status, StatusEvent
from services_catalog.encryption import encrypt_json
from services_catalog.models import Service
from tests.citizens.service_requests.making import make_attempt, make_request


def move_to(service_request: ServiceRequest, status: Status, *, tell: bool = True) -> None:
    with transaction.atomic():
        locked = lock_requests([service_request.pk])[service_request.pk]
        event = transition(locked, status, News(source=StatusEvent.Source.AGENCY))
        save_transitions([locked], [event])
    if tell:
        notify_pending()


def make_final(service: Service, status: Status = Status.COMPLETED, *, tell: bool = True) -> ServiceRequest:
    """A request that has come to its end, with rows in every table that may have some."""
    service_request = make_request(service, asked_form={"type": "object"})
    make_attempt(service_request, Outcome.DELIVERED, finished_at=timezone.now(), http_status=202)
    CitizenResponse.objects.create(
        service_request=service_request,
        key=uuid4().hex,
        body_fingerprint=b"f" * 32,
        data_encrypted=encrypt_json({"note": "secret answer"}, bound_to="response"),
        created_at=timezone.now(),
    )
    Difference.objects.create(
        service_request=service_request, kind="status_differs", ours="delivered", found_at=timezone.now()
    )
    move_to(service_request, status, tell=tell)
    return ServiceRequest.objects.get(pk=service_request.pk)


def rows_of(*service_requests: ServiceRequest) -> dict[str, list[dict[str, Any]]]:
    """Every column of every row of theirs, by table."""
    ids = [one.pk for one in service_requests]
    return {part.label: [_plain(row) for row in part.rows_of(ids).values()] for part in PARTS}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}


def archive() -> Run:
    return requests_archive(for_at_most=timedelta(minutes=1))


def files_in(directory: Path) -> list[Path]:
    return sorted(directory.iterdir())


def read(directory: Path) -> dict[str, ArchivedRequest]:
    """By the request's id."""
    return {one.reference: one for one in read_files(files_in(directory))}


def references(service_requests: Iterable[ServiceRequest]) -> set[str]:
    return {str(one.pk) for one in service_requests}
