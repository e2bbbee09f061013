"""What the list and the page of requests offer; the decisions are those of operating.py."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from citizens.service_requests.admin.forms import CancelForm, MarkDeliveredForm, RequeueForm
from citizens.service_requests.models import ServiceRequest
from citizens.service_requests.operating import (
    Operated,
    request_mark_delivered,
    requests_cancel,
    requests_requeue,
    requests_retry_now,
)
from services_catalog.admin.operating import OperatedAdmin
from services_catalog.admin.operating_forms import ReasonForm
from services_catalog.services.operator_actions import Doer

Answer = HttpResponse | None
Requests = QuerySet[ServiceRequest]


class RequestActions(OperatedAdmin):
    """What the admin of requests inherits. Nobody changes a request by hand: lifecycle.py alone writes its status."""

    @admin.action(description=_("Retry now"), permissions=["operate"])
    def retry_now(self, request: HttpRequest, rows: Requests) -> Answer:
        def run(ids: Sequence[UUID], form: ReasonForm, by: Doer) -> None:
            self._report(request, requests_retry_now(ids=ids, by=by, reason=form.cleaned_data["reason"]))

        return self.operate(request, rows, "retry_now", ReasonForm, run)

    @admin.action(description=_("Requeue"), permissions=["operate"])
    def requeue(self, request: HttpRequest, rows: Requests) -> Answer:
        def run(ids: Sequence[UUID], form: RequeueForm, by: Doer) -> None:
            self._report(request, requests_requeue(ids=ids, by=by, **form.cleaned_data))

        return self.operate(request, rows, "requeue", RequeueForm, run)

    @admin.action(description=_("Mark as delivered"), permissions=["operate"])
    def mark_delivered(self, request: HttpRequest, rows: Requests) -> Answer:
        if rows.count() != 1:
            self.message_user(request, _("Each request has its own number: mark one at a time."), messages.ERROR)
            return None

        def run(ids: Sequence[UUID], form: MarkDeliveredForm, by: Doer) -> None:
            self._report(request, request_mark_delivered(request_id=ids[0], by=by, **form.cleaned_data))

        return self.operate(request, rows, "mark_delivered", MarkDeliveredForm, run)

    @admin.action(description=_("Cancel with a message"), permissions=["operate"])
    def cancel(self, request: HttpRequest, rows: Requests) -> Answer:
        def run(ids: Sequence[UUID], form: CancelForm, by: Doer) -> None:
            given = {name: form.cleaned_data[name] for name in ("reason", "agency_has_nothing")}
            self._report(request, requests_cancel(ids=ids, message=form.message, by=by, **given))

        return self.operate(request, rows, "cancel", CancelForm, run)

    def _report(self, request: HttpRequest, operated: Operated) -> None:
        """How many were done, and for each reason how many were not."""
        if operated.done:
            self.message_user(request, _("Done: %(count)d.") % {"count": operated.done}, messages.SUCCESS)
        for refusal, count in operated.refused.items():
            text = _("Not done for %(count)d: %(why)s.") % {"count": count, "why": refusal.label}
            self.message_user(request, text, messages.WARNING)
