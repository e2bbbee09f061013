"""The operators' page: the lanes as they run, and what may be done to them."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from citizens.identity.holding import held_waiting
from citizens.models import HeldIdentity
from services_catalog.admin.scoping import is_central, visible_rows
from services_catalog.models import Lane
from services_catalog.rights import may
from superapp.operations.figures import lane_figures, totals
from superapp.operations.workers import workers_seen


@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """For whoever may see lanes, and those lanes only. `?all=1` adds the services where nothing happens.

    Its actions go to the list of lanes, which decides who may do what to which lane.
    """
    lane_admin: Any = admin.site.get_model_admin(Lane)
    if not lane_admin.has_view_permission(request):
        raise PermissionDenied
    visible = visible_rows(admin.site, Lane, request)
    figures = lane_figures(Lane.objects.filter(pk__in=visible.values("pk")))
    show_all = "all" in request.GET
    central = is_central(request.user)
    given = lane_admin.get_actions(request)
    context = {
        **admin.site.each_context(request),
        "title": _("Operations"),
        "figures": figures if show_all else [one for one in figures if not one.is_quiet],
        "all_count": len(figures),
        "show_all": show_all,
        "totals": totals(figures),
        "is_central": central,
        "held": held_waiting().count if may(request.user, "view", HeldIdentity) else None,
        "workers": workers_seen() if central else None,
        "flower_url": settings.FLOWER_URL if central else "",
        "actions": [(name, given[name][2]) for name in lane_admin.actions if name in given],
        "checkbox_name": ACTION_CHECKBOX_NAME,
        "now": timezone.now(),
    }
    return TemplateResponse(request, "operations/operations.html", context)
