"""Services in files: what their agencies write in the draft, with the form. Reading one changes drafts only."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import tablib
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from import_export.fields import Field

from services_catalog.languages import for_reader
from services_catalog.manual import manual_problems
from services_catalog.models import Agency, Service, ServiceDraft
from services_catalog.models.content import AAL_LEVELS, IAL_LEVELS, ServiceContent
from services_catalog.schemas import InvalidForm, check_form
from services_catalog.search import index_fields
from services_catalog.services.drafts import note_change, working_copy
from services_catalog.services.moving.columns import ColumnWidget
from services_catalog.services.moving.resources import CatalogueResource
from services_catalog.snapshots import draft_content

CONTENT = [field.name for field in ServiceContent._meta.local_fields]


class CodeField(Field):  # type: ignore[misc]
    """The code of another row. `ServiceResource` reads it; here it is only written."""

    def __init__(self, attribute: str) -> None:
        super().__init__(attribute=attribute, widget=ColumnWidget(models.TextField()), readonly=True)


class ServiceResource(CatalogueResource):
    """A row is a draft. A service that is not there yet is made, unpublished; its agency is never changed."""

    code = CodeField("service__code")
    agency = CodeField("service__agency__code")

    class Meta:
        model = ServiceDraft
        fields = ["code", "agency", *CONTENT, "form", "example"]
        import_order = export_order = ["code", "agency"]

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        codes = {str(code or "").strip() for code in dataset["code"]} if dataset.height else set()
        services = Service.objects.filter(code__in=codes).select_related("agency", "draft", "current_version")
        self.services = {service.code: service for service in services}
        self.agencies = {agency.code: agency for agency in Agency.objects.all()}

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        super().before_import_row(row, **kwargs)
        service = self.services.get(row["code"])
        agency = self._agency(row, service)
        # An agency is not told whose a service is that is not its own.
        is_foreign = agency.pk != self.agency_id if self.agency_id else False
        if is_foreign or (service and service.agency_id != agency.pk):
            raise ValidationError({"agency": _("This service is not one of this agency.")})
        row["agency"] = agency.code

    def _agency(self, row: dict[str, Any], service: Service | None) -> Agency:
        if service and "agency" not in row:
            return service.agency
        code = str(row.get("agency") or "").strip()
        if code not in self.agencies:
            raise ValidationError({"agency": _("There is no agency with the code “%(code)s”.") % {"code": code}})
        return self.agencies[code]

    def get_instance(self, instance_loader: Any, row: dict[str, Any]) -> ServiceDraft | None:
        service = self.services.get(row["code"])
        return working_copy(service) if service else None

    def init_instance(self, row: dict[str, Any]) -> ServiceDraft:
        return ServiceDraft(service=Service(code=row["code"], agency=self.agencies[row["agency"]]))

    def validate_instance(
        self, instance: ServiceDraft, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        wrong = dict(import_validation_errors or {})
        for check in (_clean_service, _clean_levels, _clean_content, _clean_manual, _clean_form):
            try:
                check(instance, [*wrong])
            except ValidationError as error:
                wrong = error.update_error_dict(wrong)
        if wrong:
            raise ValidationError(wrong)

    def write(self, instance: ServiceDraft, is_create: bool) -> None:
        if is_create:
            _register(instance)
        _save_draft(instance, by=self.by.pk if self.by else None)

    def iter_queryset(self, queryset: QuerySet[Service]) -> Iterator[ServiceDraft]:
        rows = queryset.select_related("agency", "draft", "current_version").defer(None)
        return (working_copy(service) for service in rows.iterator(chunk_size=200))


def _register(draft: ServiceDraft) -> None:
    """The service itself, unpublished, with the names that lists show."""
    service = draft.service
    service.name_th, service.name_en = draft.name_th, draft.name_en
    index_fields(service)
    service.save(force_insert=True)


def _save_draft(draft: ServiceDraft, *, by: UUID | None) -> None:
    draft.service_id = draft.service.pk
    note_change(draft, by)
    draft.save()


def _clean_service(draft: ServiceDraft, known: list[str]) -> None:
    is_new = draft.service.created_at is None
    if is_new:  # an existing one is not written
        draft.service.full_clean(exclude=[*CONTENT, "agency"])


def _clean_levels(draft: ServiceDraft, known: list[str]) -> None:
    """In words: what the database's constraint says of them is its name."""
    wrong = {
        name: _("This must be one of %(levels)s.") % {"levels": ", ".join(map(str, levels))}
        for name, levels in (("min_ial", IAL_LEVELS), ("min_aal", AAL_LEVELS))
        if name not in known and getattr(draft, name) not in levels
    }
    if wrong:
        raise ValidationError(wrong)


def _clean_content(draft: ServiceDraft, known: list[str]) -> None:
    draft.full_clean(exclude=["service", "edited_by", *known], validate_unique=False)


def _clean_form(draft: ServiceDraft, known: list[str]) -> None:
    try:
        if draft.form and "form" not in known:
            check_form(draft.form, draft.example)
    except InvalidForm as error:
        raise ValidationError({"form": str(error)}) from None


def _clean_manual(draft: ServiceDraft, known: list[str]) -> None:
    """Lists and purposes of claims, whose shapes the database does not know."""
    wrong: dict[str, list[str]] = {}
    for problem in manual_problems(draft_content(draft)):
        name = problem.pointer.split("/")[1]
        if name not in known:
            told = for_reader(problem.message.th, problem.message.en)
            wrong.setdefault(name, []).append(f"{problem.pointer}: {told}")
    if wrong:
        raise ValidationError(wrong)
