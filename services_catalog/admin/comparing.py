"""What changed between any two versions of a service."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import AgencyScopedAdmin
from services_catalog.differences import differences
from services_catalog.models import ServiceVersion


def version_content(version: ServiceVersion) -> dict[str, Any]:
    """All that a version keeps; one that was made without a draft keeps its form and the names of its claims."""
    content = version.content or {"claim_purposes": {claim: {} for claim in version.claims}}
    return {**content, "form": version.form, "example": version.example}


class VersionComparing(AgencyScopedAdmin):
    """What the admin of service versions inherits."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.difference_view)
        return [
            path("<uuid:key>/difference/", view, name="services_catalog_serviceversion_difference"),
            *super().get_urls(),
        ]

    def difference_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """From the version that `?from=<number>` names, else from the one before."""
        after = self.get_object(request, str(key))
        if after is None:
            raise Http404
        if not self.has_view_permission(request, after):
            raise PermissionDenied
        others = [one for one in after.service.versions.order_by("-number") if one.pk != after.pk]
        before = _chosen(others, request.GET.get("from", str(after.number - 1)))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Difference between versions"),
            "opts": self.opts,
            "before": before,
            "after": after,
            "others": others,
            "found": differences(version_content(before), version_content(after)) if before else [],
            "back": reverse("admin:services_catalog_serviceversion_change", args=[after.pk]),
        }
        return TemplateResponse(request, "services_catalog/admin/version_difference.html", context)


def _chosen(others: list[ServiceVersion], number: str) -> ServiceVersion | None:
    return next((one for one in others if str(one.number) == number), None)
