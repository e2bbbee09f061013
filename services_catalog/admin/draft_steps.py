"""The steps of a draft as pages and buttons: review, publish, take back. None runs inside the admin's transaction."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import AgencyScopedAdmin, TextAreaWidget
from services_catalog.admin.scoping import visible_rows
from services_catalog.differences import differences
from services_catalog.languages import for_reader
from services_catalog.models import Officer, Service, ServiceDraft
from services_catalog.quality import quality_of
from services_catalog.refusals import Refusal
from services_catalog.services.drafts import draft_approve, draft_open, draft_reject
from services_catalog.services.publishing import draft_publish, places_left, service_unpublish
from services_catalog.snapshots import draft_content, live_content


class ReviewForm(forms.Form):
    """The verdict on the draft that was submitted then."""

    submitted_at = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason for rejecting"),
        required=False,
        max_length=2000,
        widget=TextAreaWidget(attrs={"rows": 3}),
        help_text=_("The agency reads it."),
    )


class DraftSteps(AgencyScopedAdmin):
    """What the admin of drafts inherits."""

    def get_urls(self) -> list[URLPattern]:
        steps: list[tuple[str, Callable[..., HttpResponse]]] = [
            ("review", self.review_view),
            ("publish", self.publish_view),
            ("unpublish", self.unpublish_view),
            ("open", self.open_view),
        ]
        own = [
            path(f"<uuid:key>/{name}/", self.admin_site.admin_view(view), name=f"services_catalog_servicedraft_{name}")
            for name, view in steps
        ]
        return [*own, *super().get_urls()]

    def review_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """What would change for citizens; whoever may review it approves or rejects it here."""
        draft = self._draft(request, key)
        if request.method == "POST":
            return self._decide(request, draft)
        live = live_content(draft.service)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Review"),
            "opts": self.opts,
            "draft": draft,
            "is_new": live is None,
            "found": differences(live or {}, draft_content(draft)),
            "quality": quality_of(draft),
            "may_review": self.reviews(request, draft),
            "form": ReviewForm(initial={"submitted_at": draft.submitted_at and draft.submitted_at.isoformat()}),
            "back": self.page_of(draft),
        }
        return TemplateResponse(request, "services_catalog/admin/review.html", context)

    def _decide(self, request: HttpRequest, draft: ServiceDraft) -> HttpResponse:
        if not self.may(request, "review") or not isinstance(request.user, Officer):
            raise PermissionDenied
        form = ReviewForm(request.POST)
        form.is_valid()
        seen = draft.submitted_at
        if seen is not None and request.POST.get("submitted_at") != seen.isoformat():
            seen = None  # submitted anew since the page was read
        step = {"draft_id": draft.pk, "by": request.user, "submitted_at": seen}
        if request.POST.get("decision") == "approve":
            return self._step(request, draft, _("Approved."), lambda: draft_approve(**step))
        reason = form.cleaned_data.get("reason", "")
        return self._step(request, draft, _("Rejected."), lambda: draft_reject(**step, reason=reason))

    def publish_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        draft = self._draft_to_change(request, key)
        return self._step(request, draft, _("Published."), lambda: draft_publish(draft_id=draft.pk))

    def unpublish_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        draft = self._draft_to_change(request, key)
        return self._step(request, draft, _("Unpublished."), lambda: service_unpublish(service=draft.service))

    def open_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The draft of a service that never had one; its key is the service's."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        service = visible_rows(self.admin_site, Service, request).filter(pk=key).first()
        if service is None:
            raise Http404
        if not self.has_add_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(self.page_of(draft_open(service=service)))

    def reviews(self, request: HttpRequest, draft: ServiceDraft) -> bool:
        """Whether this officer may decide about the draft now."""
        involved = {*draft.editors, draft.submitted_by_id}
        is_waiting = draft.lifecycle == ServiceDraft.Lifecycle.SUBMITTED
        return is_waiting and self.may(request, "review") and request.user.pk not in involved

    def page_of(self, draft: ServiceDraft) -> str:
        return reverse("admin:services_catalog_servicedraft_change", args=[draft.pk])

    def refused(self, request: HttpRequest, refusal: Refusal) -> None:
        self.message_user(request, for_reader(refusal.text.th, refusal.text.en), messages.ERROR)

    def log_step(self, request: HttpRequest, draft: ServiceDraft, done: Any) -> None:
        self.log_change(request, draft, str(done))
        self.message_user(request, done, messages.SUCCESS)

    def _step(self, request: HttpRequest, draft: ServiceDraft, done: Any, take: Callable[[], Any]) -> HttpResponse:
        try:
            take()
        except Refusal as refusal:
            self.refused(request, refusal)
        else:
            self.log_step(request, draft, done)
        return HttpResponseRedirect(self.page_of(draft))

    def _draft(self, request: HttpRequest, key: UUID) -> ServiceDraft:
        draft = self.get_object(request, str(key))
        if draft is None:
            raise Http404
        if not self.has_view_permission(request, draft):
            raise PermissionDenied
        found: ServiceDraft = draft
        return found

    def _draft_to_change(self, request: HttpRequest, key: UUID) -> ServiceDraft:
        if request.method != "POST" or not self.may(request, "publish"):
            raise PermissionDenied
        return self._draft(request, key)


def places_told() -> str:
    """How many services may still be published."""
    places = {"left": places_left(), "cap": settings.PUBLISHED_SERVICES_CAP}
    return str(_("%(left)d of %(cap)d places are left.") % places)
