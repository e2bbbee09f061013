"""Import and export: a file is read, what it would change is shown, and nothing is written before a click."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.signing import Signer
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.admin import ImportExportMixin
from import_export.results import Result

from services_catalog.admin.base import AgencyScopedAdmin, ExportForm
from services_catalog.admin.moving_forms import ConfirmForm, UploadForm
from services_catalog.admin.scoping import agency_of
from services_catalog.services.moving.formats import FORMATS, JSON, UnreadableFile
from services_catalog.services.moving.resources import CatalogueResource
from services_catalog.services.moving.uploads import UploadStorage


class MovableAdmin(ImportExportMixin, AgencyScopedAdmin):  # type: ignore[misc]
    """Base of admins whose rows come and go in files. Officers of an agency import and export its rows only."""

    # One.
    resource_classes: Sequence[type[CatalogueResource]]

    formats = FORMATS
    import_form_class = UploadForm
    confirm_form_class = ConfirmForm
    export_form_class = ExportForm
    tmp_storage_class = UploadStorage
    import_template_name = "services_catalog/admin/import.html"
    # The audit trail says what an import changed.
    skip_admin_log = True

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "import")

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_view_permission(request))

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"by": request.user, "agency_id": agency_of(request.user)}

    def get_confirm_form_kwargs(self, request: HttpRequest, import_form: Any = None) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_confirm_form_kwargs(request, import_form)
        signer = Signer(salt=f"import {self.opts.label} {request.user.pk}")
        if import_form is not None:
            kwargs["initial"]["import_file_name"] = signer.sign(kwargs["initial"]["import_file_name"])
        return {**kwargs, "signer": signer}

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        form.add_error("import_file", str(e) if isinstance(e, UnreadableFile) else _("The file cannot be read."))

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.has_import_permission(request):
            raise PermissionDenied
        confirmed = self.create_confirm_form(request)
        if not confirmed.is_valid():
            return self._again(request, " ".join(one for errors in confirmed.errors.values() for one in errors))
        response: HttpResponse = super().process_import(request, **kwargs)
        return response

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        if result.has_errors() or result.has_validation_errors():
            return self._again(request, _("The rows have changed since you looked, and nothing was written."))
        response: HttpResponse = super().process_result(result, request)
        return response

    def _again(self, request: HttpRequest, why: str) -> HttpResponse:
        self.message_user(request, _("%(why)s Choose the file again.") % {"why": why}, messages.ERROR)
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_import"))

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        text = _("Imported: %(new)d new, %(update)d changed, %(skip)d unchanged.")
        messages.success(request, text % result.totals)

    def get_export_data(self, file_format: Any, request: HttpRequest, queryset: Any, **kwargs: Any) -> bytes:
        if not self.has_export_permission(request):
            raise PermissionDenied
        rows = self.resource_classes[0]().export(queryset, force_native_type=isinstance(file_format, JSON))
        data: bytes = file_format.export_data(rows)
        return data

    def get_export_filename(self, request: HttpRequest, queryset: Any, file_format: Any) -> str:
        day = timezone.localdate().isoformat()
        return f"{self.opts.model_name}-{day}.{file_format.get_extension()}"

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        if self.has_export_permission(request):
            for one in FORMATS:
                title = one().get_title()
                actions[f"export_{title}"] = (
                    _export_action(one),
                    f"export_{title}",
                    _("Export as %(format)s") % {"format": title.upper()},
                )
        return actions


def _export_action(file_format: Any) -> Callable[[MovableAdmin, HttpRequest, QuerySet[Any]], HttpResponse | None]:
    def export(admin: MovableAdmin, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        try:
            response: HttpResponse = admin._do_file_export(file_format(), request, rows)  # noqa: SLF001
        except ValueError as error:
            admin.message_user(request, str(error), messages.ERROR)
            return None
        return response

    return export
