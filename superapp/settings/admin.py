"""The admin's look (django-unfold), its menu, and where Flower is.

To go without the theme: see services_catalog/admin/base.py; then keep FLOWER_URL and drop the rest of this file.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from .environment import env

# Where the operators' page links to; empty hides the link.
FLOWER_URL = env.str("FLOWER_URL", "")


def _may_view(model: str) -> Callable[[HttpRequest], bool]:
    """Asks the model's own admin, so that the menu shows what its pages would."""

    def may_view(request: HttpRequest) -> bool:
        from django.apps import apps
        from django.contrib import admin

        return bool(admin.site.get_model_admin(apps.get_model(model)).has_view_permission(request))

    return may_view


def _page(title: Any, icon: str, model: str) -> dict[str, Any]:
    link = reverse_lazy(f"admin:{model.replace('.', '_').lower()}_changelist")
    return {"title": title, "icon": icon, "link": link, "permission": _may_view(model)}


_OPERATIONS = {
    "title": _("Operations"),
    "icon": "monitoring",
    "link": reverse_lazy("operations"),
    "permission": _may_view("services_catalog.Lane"),
}

# Deep blue, as on the phone; oklch as the theme has them.
_PRIMARY = {
    "50": "oklch(97% .014 254.604)",
    "100": "oklch(93.2% .032 255.585)",
    "200": "oklch(88.2% .059 254.128)",
    "300": "oklch(80.9% .105 251.813)",
    "400": "oklch(70.7% .165 254.624)",
    "500": "oklch(54.6% .215 262.881)",
    "600": "oklch(45% .19 263)",
    "700": "oklch(40% .17 264)",
    "800": "oklch(36% .14 265)",
    "900": "oklch(32% .12 266)",
    "950": "oklch(25% .09 267)",
}

UNFOLD = {
    "SITE_TITLE": _("Super-app administration"),
    "SITE_HEADER": _("Super-app"),
    "SITE_SUBHEADER": _("Services of the state"),
    "SITE_SYMBOL": "account_balance",
    "SITE_URL": None,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("services_catalog/admin/favicon.svg")}
    ],
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "SHOW_VIEW_ON_SITE": False,
    "COLORS": {"primary": _PRIMARY},
    "STYLES": [lambda request: static("services_catalog/admin/admin.css")],
    "SIDEBAR": {
        "show_search": False,
        "navigation": [
            {
                "title": _("Every day"),
                "items": [
                    _OPERATIONS,
                    _page(_("Service requests"), "inbox", "service_requests.ServiceRequest"),
                    _page(_("Differences"), "difference", "service_requests.Difference"),
                    _page(_("Lanes"), "alt_route", "services_catalog.Lane"),
                    _page(_("Outages"), "power_off", "services_catalog.Outage"),
                    _page(_("Operator actions"), "gavel", "services_catalog.OperatorAction"),
                    _page(_("Audit"), "policy", "services_catalog.AuditEvent"),
                ],
            },
            {
                "title": _("Catalogue"),
                "items": [
                    _page(_("Services"), "description", "services_catalog.Service"),
                    _page(_("Drafts"), "edit_note", "services_catalog.ServiceDraft"),
                    _page(_("Service versions"), "history", "services_catalog.ServiceVersion"),
                    _page(_("Agencies"), "apartment", "services_catalog.Agency"),
                    _page(_("Categories"), "category", "services_catalog.Category"),
                    _page(_("Life events"), "event", "services_catalog.LifeEvent"),
                    _page(_("Search aliases"), "search", "services_catalog.SearchAlias"),
                    _page(_("Searches that found nothing"), "search_off", "services_catalog.UnansweredQuery"),
                    _page(_("National list"), "upload_file", "services_catalog.ImportJob"),
                ],
            },
            {
                "title": _("People"),
                "items": [
                    _page(_("Officers"), "badge", "services_catalog.Officer"),
                    _page(_("Citizens"), "person", "citizens.Citizen"),
                    _page(_("Held digital IDs"), "person_alert", "citizens.HeldIdentity"),
                    _page(_("Digital IDs"), "fingerprint", "citizens.IdentityProvider"),
                ],
            },
        ],
    },
}
