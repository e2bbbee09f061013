"""Where agencies write their services. What may be done to a draft in which state: services.drafts, publishing."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import AgencyScopedAdmin, badge
from services_catalog.admin.content import content_table
from services_catalog.admin.draft_form import DraftForm, RegisterForm
from services_catalog.admin.draft_steps import DraftSteps
from services_catalog.admin.scoping import agency_of, refuse_foreign, visible_rows
from services_catalog.models import Agency, Category, LifeEvent, Officer, Service, ServiceDraft
from services_catalog.quality import quality_of
from services_catalog.refusals import Refusal
from services_catalog.services.drafts import draft_save, draft_submit, service_register
from services_catalog.snapshots import draft_content, live_content

_COLOURS = {"draft": "", "submitted": "info", "approved": "success", "rejected": "danger"}
_WRITTEN: list[tuple[Any, list[Any]]] = [
    (_("What it is"), [
        ("name_th", "name_en"), ("description_th", "description_en"), ("category", "life_event"),
        "aliases", "audiences",
    ]),
    (_("Manual"), [
        ("purpose_th", "purpose_en"), ("conditions_th", "conditions_en"), ("decision_days", "decision_unit"),
        "steps", "documents", "legal_references", "contacts", "complaint_channels",
    ]),
    (_("Fees"), ["fee_baht", ("fee_note_th", "fee_note_en"), "fees"]),
    (_("Who and when"), [
        "channels", ("min_ial", "min_aal"), "claim_purposes", "privacy_url", "data_class", "electronic_allowed",
        ("not_electronic_reason_th", "not_electronic_reason_en"), ("opens_at", "closes_at"),
        ("places_daily", "places_total"),
    ]),
    (_("Form"), ["form", "example"]),
    (_("Delivery"), ["adapter", "adapter_options"]),
]  # fmt: skip
_REGISTERED: list[Any] = ["code", "agency", ("name_th", "name_en")]


def _flat(fields: Sequence[Any]) -> list[str]:
    return [name for field in fields for name in ([field] if isinstance(field, str) else field)]


@admin.register(ServiceDraft)
class ServiceDraftAdmin(DraftSteps, AgencyScopedAdmin):
    agency_path = "service__agency"
    agency_officer_changes = [*_flat(_REGISTERED), *(name for _title, fields in _WRITTEN for name in _flat(fields))]

    form = DraftForm
    change_form_template = "services_catalog/admin/draft_change_form.html"
    list_display = ["name", "agency", "state", "live", "edited_at", "submitted_at"]
    list_filter = ["lifecycle", "service__agency"]
    search_fields = ["service__code", "name_th", "name_en"]
    ordering = ["-edited_at"]
    list_display_links = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceDraft]:
        related = ("service__agency", "service__current_version", "edited_by", "submitted_by", "reviewed_by")
        return super().get_queryset(request).select_related(*related)

    # Lists

    @admin.display(description=_("service"), ordering="name_th")
    def name(self, draft: ServiceDraft) -> str:
        return format_html('{}<br><span class="subtle">{}</span>', draft, draft.service.code)

    @admin.display(description=_("agency"), ordering="service__agency__name_th")
    def agency(self, draft: ServiceDraft) -> str:
        return str(draft.service.agency)

    @admin.display(description=_("state"), ordering="lifecycle")
    def state(self, draft: ServiceDraft) -> str:
        return badge(draft.get_lifecycle_display(), _COLOURS[draft.lifecycle])

    @admin.display(description=_("publication"), ordering="service__publication")
    def live(self, draft: ServiceDraft) -> str:
        is_live = draft.service.publication == Service.Publication.PUBLISHED
        return badge(draft.service.get_publication_display(), "success" if is_live else "")

    @admin.display(description=_("Content"))
    def content(self, draft: ServiceDraft) -> str:
        """For those who may not change it."""
        return content_table(draft_content(draft))

    # The form

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        form = super().get_form(request, None, change, form=RegisterForm, fields=["name_th", "name_en"])
        agencies = visible_rows(self.admin_site, Agency, request).order_by("name_th")
        own = agencies.first() if agency_of(request.user) else None
        agency = form.base_fields["agency"]
        agency.queryset = agencies
        if own is not None:
            agency.initial, agency.disabled = own, True
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": _REGISTERED})]
        if not self.has_change_permission(request, obj):
            return [(None, {"fields": ["content"]})]
        return [(title, {"fields": fields, "classes": ["tab"]}) for title, fields in _WRITTEN]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj is not None and not self.has_change_permission(request, obj):
            return ["content"]
        return []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Categories and life events are shared: every editor chooses among all."""
        if db_field.remote_field.model in (Category, LifeEvent):
            kwargs["queryset"] = db_field.remote_field.model.objects.all()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    # Saving

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given, by = form.cleaned_data, _officer(request)
        if not change:
            names = {name: given[name] for name in ("code", "agency", "name_th", "name_en")}
            obj.service = service_register(**names, by=by).service
        else:
            refuse_foreign(self, request, obj)
            written = {name: given[name] for name in form.Meta.fields if name in given}
            draft_save(draft_id=obj.pk, changes=written, by=by, seen=obj.edited_at)
        obj.refresh_from_db()

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What the form could not foresee, such as two people who save at once."""
        try:
            response: HttpResponse = super().changeform_view(request, *args, **kwargs)
            return response
        except Refusal as refusal:
            self.refused(request, refusal)
            return HttpResponseRedirect(request.get_full_path())

    def response_add(self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        self.message_user(request, _("Now say what the service is; nobody sees it before it is published."))
        return HttpResponseRedirect(self.page_of(obj))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if "_submit" not in request.POST:
            self.message_user(request, _("Saved."), messages.SUCCESS)
            return HttpResponseRedirect(request.get_full_path())
        try:
            draft_submit(draft_id=obj.pk, by=_officer(request))
        except Refusal as refusal:
            self.refused(request, refusal)
        else:
            self.log_step(request, obj, _("Submitted for review."))
        return HttpResponseRedirect(request.get_full_path())

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        draft = kwargs.get("obj")
        if draft is not None:
            is_live = draft.service.publication == Service.Publication.PUBLISHED
            context |= {
                "draft": draft,
                "seen": draft.edited_at.isoformat(),
                "state": self.state(draft),
                "quality": quality_of(draft),
                "may_review": self.reviews(request, draft),
                "may_publish": self.may(request, "publish"),
                "is_live": is_live,
                "has_news": not is_live or live_content(draft.service) != draft_content(draft),
                "service_url": reverse("admin:services_catalog_service_change", args=[draft.pk]),
            }
        return super().render_change_form(request, context, *args, **kwargs)


def _officer(request: HttpRequest) -> Officer:
    assert isinstance(request.user, Officer)  # noqa: S101  (the admin lets nobody else in)
    return request.user
