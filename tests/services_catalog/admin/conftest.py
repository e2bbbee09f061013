"""Two agencies with the same kinds of rows, and everybody who may knock at the admin's door."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.models import Citizen
from citizens.service_requests.models import DeliveryAttempt, Difference, ServiceRequest
from services_catalog.languages import Text
from services_catalog.models import (
    Agency,
    Category,
    Lane,
    LifeEvent,
    Officer,
    OperatorAction,
    Outage,
    SearchAlias,
    Service,
    ServiceDraft,
    ServiceVersion,
)
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

    @property
    def lane(self) -> Lane:
        return self.service.lane

    def by_model(self) -> dict[type[Model], Model]:
        version = self.service.current_version
        assert version is not None
        rows: list[Model] = [self.agency, self.service, self.lane, version, self.request, self.outage, self.action]
        rows += [self.difference, self.service.draft]
        return {type(row): row for row in rows}

    @property
    def marks(self) -> list[str]:
        """What a page shows of these rows, and no other page may."""
        keys = [str(row.pk) for row in self.by_model().values()]
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
    )
    outage = plan_outage(service)
    difference = Difference.objects.create(
        service_request=request,
        kind="status_differs",
        ours="delivered",
        theirs=f"as {code} says",
        found_at=timezone.now(),
    )
    return AgencyRows(agency, service, request, outage, OperatorAction.objects.get(subject_id=service.pk), difference)


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
        Group.objects.create(name="reviewers"),
        Officer.objects.create(username="somebody", is_staff=True),
        factories.make_citizen(),
    ]
    return {type(row): row for row in rows}


def signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


@pytest.fixture
def agency_officer(own: AgencyRows) -> Client:
    return signed_in(Officer.objects.create(username="officer", is_staff=True, agency=own.agency))


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
    """Central staff whom nobody has given a permission yet."""
    return Officer.objects.create(username="central", is_staff=True)


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
]
SHARED_MODELS: list[type[Model]] = [Category, LifeEvent, SearchAlias, Group, Officer, Citizen]
