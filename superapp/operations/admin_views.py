"""The operators' page."""

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from services_catalog.admin.scoping import is_central
from superapp.operations.figures import lane_figures, totals
from superapp.operations.workers import workers_seen


@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """Central staff only: it shows every agency. `?all=1` adds the services where nothing happens."""
    if not is_central(request.user):
        raise PermissionDenied
    figures = lane_figures()
    show_all = "all" in request.GET
    shown = figures if show_all else [one for one in figures if not one.is_quiet]
    context = {
        **admin.site.each_context(request),
        "title": _("Operations"),
        "figures": shown,
        "all_count": len(figures),
        "show_all": show_all,
        "totals": totals(figures),
        "outcomes": [_("delivered"), _("retried"), _("unknown"), _("refused")],
        "workers": workers_seen(),
        "flower_url": settings.FLOWER_URL,
        "now": timezone.now(),
    }
    return TemplateResponse(request, "operations/operations.html", context)
