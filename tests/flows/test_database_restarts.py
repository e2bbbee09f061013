"""PostgreSQL ends every session, as it does when it is started again: workers connect anew at their next task."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from django.db import connection

from citizens.service_requests.models import ServiceRequest, Status
from superapp.sandbox.agencies.behaviours import AgencyKind
from tests.flows.conftest import System, eventually

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("flows")]

_OTHER_SESSIONS = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def end_all_sessions() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_OTHER_SESSIONS)
        return int(cursor.fetchone()[0])


def send_some(system: System, when: str) -> list[UUID]:
    """The web may answer 503 once for each session it had; a phone repeats itself."""
    code = system.services[AgencyKind.INSTANT].code
    notes = [f"{when} {number}" for number in range(8)]
    answers = [system.phone.insist(code, 1, {"note": one}, f"session-{one[-1]}-{when}", patience=30) for one in notes]
    return [UUID(answer.json()["id"]) for answer in answers]


def are_completed(ids: Sequence[UUID]) -> bool:
    return ServiceRequest.objects.filter(pk__in=ids, status=Status.COMPLETED).count() == len(ids)


def test_no_thread_of_a_worker_keeps_a_dead_session(system: System) -> None:
    before = send_some(system, "before")
    eventually(lambda: are_completed(before), "the first ones to be completed", 45)
    assert end_all_sessions() > 0
    after = send_some(system, "after")
    eventually(lambda: are_completed(after), "the next ones to be completed", 30)
    system.stack.check()
