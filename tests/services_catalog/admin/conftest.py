"""Two agencies with the same kinds of rows, and everybody who may knock at the admin's door."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.models import Citizen, HeldIdentity, IdentityProvider
from citizens.service_requests.models import DeliveryAttempt, Difference, ServiceRequest
from services_catalog.languages import Text
from services_catalog.models import (
    Agency,
    AuditEvent,
    Category,
    ImportJob,
    Lane,
    LifeEvent,
    Officer,
    OperatorAction,
    Outage,
    SearchAlias,
    Service,
    ServiceDraft,
    ServiceVersion,
    UnansweredQuery,
)
from services_catalog.models.officers import AGENCY_ROLES
from services_catalog.services.drafts import draft_open
from services_catalog.services.operator_actions import Doer
from services_catalog.services.outages import outage_announce
from tests import factories


@dataclass(frozen=True, slots=True)
class AgencyRows:
    """One row of each model that belongs to an agency."""

    agency: Agency
    service: Service
    request: ServiceRequest
    outage: Outage
    action: OperatorAction
    difference: Difference
    audit: AuditEvent
    officer: Officer

    @property
    def lane(self) -> Lane:
        return self.service.lane

    def by_model(self) -> dict[type[Model], Model]:
        version = self.service.current_version
        assert version is not None
        rows: list[Model] = [self.agency, self.service, self.lane, version, self.request, self.outage, self.action]
        rows += [self.difference, self.audit, self.officer, self.service.draft]
        return {type(row): row for row in rows}

    def keys(self, model: type[Model]) -> set[object]:
        """Of all rows that belong to the agency: there is one of each, but for what is told of them."""
        if model is AuditEvent:
            return set(AuditEvent.objects.filter(agency=self.agency).values_list("pk", flat=True))
        return {self.by_model()[model].pk}

    @property
    def marks(self) -> list[str]:
        """What a page shows of these rows, and no other page may."""
        # The number of an audit event is short enough to be in any page.
        keys = [str(row.pk) for row in self.by_model().values() if row is not self.audit]
        return [*keys, self.agency.name_th, self.service.name_th, self.service.code, self.request.receipt_number]


def make_rows(code: str) -> AgencyRows:
    agency = factories.make_agency(code)
    service = factories.make_service(agency, f"{code}-licence")
    draft_open(service=service)
    request = factories.make_request(factories.make_citizen(), service)
    DeliveryAttempt.objects.create(
        id=uuid7(),
        service_request=request,
        lane=service.lane,
        number=1,
        outcome="retryable",
        failure_code=f"trouble_at_{code}",
        lease_expires_at=timezone.now(),
        created_at=timezone.now(),
        finished_at=timezone.now(),
    )
    outage = plan_outage(service)
    difference = Difference.objects.create(
        service_request=request,
        kind="status_differs",
        ours="delivered",
        theirs=f"as {code} says",
        found_at=timezone.now(),
    )
    action = OperatorAction.objects.get(subject_id=service.pk)
    audit = AuditEvent.objects.filter(subject_id=str(service.pk)).latest("id")
    officer = make_officer(f"colleague-{code}", "editor", agency=agency)
    return AgencyRows(agency, service, request, outage, action, difference, audit, officer)


def plan_outage(service: Service) -> Outage:
    """Of tomorrow."""
    tomorrow = timezone.now() + timedelta(days=1)
    return outage_announce(
        lane_id=service.pk,
        starts_at=tomorrow,
        ends_at=tomorrow + timedelta(hours=2),
        message=Text(f"ปิดปรับปรุง {service.code}", f"Maintenance of {service.code}"),
        by=Doer("somebody of the platform"),
        reason=f"they move {service.code}",
    )


@pytest.fixture
def own(db: None) -> AgencyRows:
    return make_rows("own")


@pytest.fixture
def foreign(db: None) -> AgencyRows:
    return make_rows("foreign")


@pytest.fixture
def shared(db: None) -> dict[type[Model], Model]:
    """One row of each model that belongs to no agency."""
    rows: list[Model] = [
        Category.objects.create(code="travel", name_th="เดินทาง", name_en="Travel"),
        LifeEvent.objects.create(code="birth", name_th="เกิด", name_en="Birth"),
        SearchAlias.objects.create(term="ใบขับขี่", means="ใบอนุญาตขับรถ"),
        UnansweredQuery.objects.create(text="ยานอวกาศ", last_at=timezone.now()),
        factories.make_citizen(),
        factories.make_held(),
        factories.make_provider("http://127.0.0.1:9"),
        ImportJob.objects.create(
            officer=Officer.objects.create(username="uploader"), file_name="services.csv", content=b"x", total=1
        ),
    ]
    return {type(row): row for row in rows}


def make_officer(username: str, *roles: str, **fields: Any) -> Officer:
    return Officer.objects.create(username=username, is_staff=True, roles=list(roles), **fields)


def signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


@pytest.fixture
def agency_officer(own: AgencyRows) -> Client:
    """Of one agency, with all the roles that an agency gives."""
    return signed_in(make_officer("officer", *AGENCY_ROLES, agency=own.agency))


@pytest.fixture
def operator(db: None) -> Client:
    return signed_in(make_officer("operator", "operator"))


@pytest.fixture
def editor(own: AgencyRows) -> Client:
    """Writes the services of their agency."""
    return signed_in(Officer.objects.create(username="editor", is_staff=True, agency=own.agency, roles=["editor"]))


@pytest.fixture
def reviewer(db: None) -> Client:
    """Reviews the services of all agencies."""
    return signed_in(Officer.objects.create(username="reviewer", is_staff=True, roles=["platform_reviewer"]))


@pytest.fixture
def superuser(db: None) -> Client:
    return signed_in(Officer.objects.create(username="root", is_staff=True, is_superuser=True))


@pytest.fixture
def central_officer(db: None) -> Officer:
    """Central staff whom nobody has given a role yet."""
    return make_officer("central")


AGENCY_MODELS: list[type[Model]] = [
    Agency,
    Service,
    ServiceDraft,
    Lane,
    ServiceVersion,
    ServiceRequest,
    Outage,
    OperatorAction,
    Difference,
    AuditEvent,
    Officer,
]
SHARED_MODELS: list[type[Model]] = [
    *(Category, LifeEvent, SearchAlias, UnansweredQuery, ImportJob),
    *(Citizen, HeldIdentity, IdentityProvider),
]
