"""The rows that belong to a service request, in one place: what is archived, deleted and put back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import F, Model, QuerySet


@dataclass(frozen=True, slots=True)
class Part:
    """A table, by its model's label (some are above this package), and how its rows lead to their request."""

    label: str
    to_request: str

    @property
    def model(self) -> type[Model]:
        return apps.get_model(self.label)

    def rows_of(self, request_ids: Sequence[UUID]) -> QuerySet[Any]:
        """Their rows, each with the id of its request as `archived_with`."""
        belonging = self.model._default_manager.filter(**{f"{self.to_request}__in": request_ids})
        rows: QuerySet[Any] = belonging.annotate(archived_with=F(self.to_request)).order_by("pk")
        return rows


# A row comes after what it refers to: written and put back in this order, deleted in the opposite one. A table that
# is missing here makes the deletion fail at its foreign key; it does not vanish unarchived.
PARTS = (
    Part("service_requests.ServiceRequest", "pk"),
    Part("service_requests.IdempotencyKey", "service_request"),
    Part("service_requests.StatusEvent", "service_request"),
    Part("service_requests.DeliveryAttempt", "service_request"),
    Part("service_requests.CitizenResponse", "service_request"),
    Part("service_requests.Difference", "service_request"),
    Part("notifications.Notification", "status_event__service_request"),
)
