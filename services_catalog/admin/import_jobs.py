"""The national list: an officer of the platform uploads it, workers take it in, and the page shows how far they are."""

import csv
from io import StringIO
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import AgencyScopedAdmin, FileWidget, badge
from services_catalog.models import ImportJob, Officer
from services_catalog.services.moving.cells import safe_cell
from services_catalog.services.moving.jobs import MAX_BYTES, import_job_cancel, import_job_create
from services_catalog.services.moving.national_list import NotTheList, parse_services_csv

_COLOURS = {"waiting": "warning", "running": "info", "done": "success", "cancelled": ""}


class ImportJobForm(forms.ModelForm):  # type: ignore[type-arg]
    file = forms.FileField(
        label=_("services.csv"),
        widget=FileWidget,
        help_text=_("The national list, as CSV in UTF-8. Services that are new come in unpublished, as drafts."),
    )

    class Meta:
        model = ImportJob
        fields = ()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_g("The file is too large: at most %(size)d MB.") % {"size": MAX_BYTES >> 20})
        self.content = file.read()
        try:
            parse_services_csv(self.content, file.name)
        except NotTheList as error:
            raise forms.ValidationError(str(error)) from None
        return file


@admin.register(ImportJob)
class ImportJobAdmin(AgencyScopedAdmin):
    form = ImportJobForm
    change_form_template = "services_catalog/admin/import_job.html"
    list_display = ["file_name", "status", "progress", "created", "updated", "unchanged", "officer", "created_at"]
    list_select_related = ["officer"]
    ordering = ["-created_at"]
    fields = ["file"]

    class Media:
        js = ["services_catalog/admin/import_job.js"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content", "refused")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["file_name"] if obj else ["file"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<uuid:job_id>/progress/", view(self.progress_view), name="services_catalog_importjob_progress"),
            path("<uuid:job_id>/refused/", view(self.refused_view), name="services_catalog_importjob_refused"),
            path("<uuid:job_id>/cancel/", view(self.cancel_view), name="services_catalog_importjob_cancel"),
        ]
        return [*own, *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not isinstance(request.user, Officer):
            raise PermissionDenied
        name = form.cleaned_data["file"].name
        obj.pk = import_job_create(content=form.content, file_name=name, by=request.user).pk

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The job itself says who, when and what."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return HttpResponseRedirect(_address(obj.pk, "change"))

    def progress_view(self, request: HttpRequest, job_id: UUID) -> HttpResponse:
        """{"state", "finished", "done", "total", "created", …}: what the page asks for every second."""
        return JsonResponse(_progress(self._job(request, job_id)))

    def refused_view(self, request: HttpRequest, job_id: UUID) -> HttpResponse:
        out = StringIO()
        writer = csv.writer(out)
        writer.writerow(["line", "reason"])
        writer.writerows([line, safe_cell(reason)] for line, reason in self._job(request, job_id).refused)
        response = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="refused.csv"'
        return response

    def cancel_view(self, request: HttpRequest, job_id: UUID) -> HttpResponse:
        if request.method != "POST" or not self.has_add_permission(request):
            raise PermissionDenied
        if not import_job_cancel(self._job(request, job_id).pk):
            self.message_user(request, _g("It had ended before."), messages.WARNING)
        return HttpResponseRedirect(_address(job_id, "change"))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        job = kwargs.get("obj")
        if job is not None:
            context |= {"job": _progress(job), "may_cancel": self.has_add_permission(request)}
        return super().render_change_form(request, context, *args, **kwargs)

    def _job(self, request: HttpRequest, job_id: UUID) -> ImportJob:
        job: ImportJob = get_object_or_404(self.get_queryset(request), pk=job_id)
        if not self.has_view_permission(request, job):
            raise PermissionDenied
        return job

    @admin.display(description=_("state"), ordering="state")
    def status(self, job: ImportJob) -> str:
        return badge(job.get_state_display(), _COLOURS[job.state])

    @admin.display(description=_("rows"))
    def progress(self, job: ImportJob) -> str:
        return f"{job.done} / {job.total}"


def _address(job_id: UUID, name: str) -> str:
    return reverse(f"admin:services_catalog_importjob_{name}", args=[job_id])


def _progress(job: ImportJob) -> dict[str, Any]:
    return {
        "state": str(job.get_state_display()),
        "finished": job.is_finished,
        "done": job.done,
        "total": job.total,
        "created": job.created,
        "updated": job.updated,
        "unchanged": job.unchanged,
        "agencies_created": job.agencies_created,
        "refused": len(job.refused),
    }
