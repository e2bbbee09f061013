"""Deny by default: who may call what is written down here, and every other route asks for a token."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.urls import URLPattern, get_resolver, reverse
from rest_framework.permissions import AllowAny
from rest_framework.test import APIClient
from rest_framework.views import APIView

from citizens.identity.authentication import CitizenAuthentication
from citizens.identity.counted_authentication import CountedAuthentication
from citizens.identity.permissions import IsCitizen
from superapp.api.throttles import SharedRateLimit

# Open to anybody, by name.
OPEN = {
    "service-list",
    "service-detail",
    "service-suggestions",
    "agency-list",
    "category-list",
    "life-event-list",
    "catalogue",
    "auth-providers",
    "auth-authorize",
    "auth-callback",
    "auth-token",
    "auth-banks",
    "consent-requests",
    "consent-request",
    "consent-finish",
    "consent-cancel",
    # The node of NDID signs nothing; the address has a token, and what comes there is not believed.
    "consent-callback",
    "jwks",
    "schema",
    "docs",
}
# Of these, what is the same for everybody: there is nothing to guess, and nobody to count but the address.
BY_ADDRESS_ALONE = {
    "service-list",
    "service-detail",
    "service-suggestions",
    "agency-list",
    "category-list",
    "life-event-list",
    "catalogue",
    "auth-providers",
    "auth-banks",
    "jwks",
    "schema",
    "docs",
}
# Plain Django views, open and without any data: health, and the language of the admin.
PLAIN = {"health-alive", "health-ready", "set_language"}
# Behind the admin's sign-in, for central staff (tests/superapp/operations).
OPERATORS = {"operations"}
# Between an officer's password and the admin (tests/superapp/officer_sign_in).
SECOND_FACTOR = {"second-factor", "second-factor-enrol"}
# Behind the admin's sign-in, for all officers (tests/services_catalog/admin/test_form_check.py).
OFFICERS = {"form-check"}
# Behind a token of its own (tests/superapp/operations/metrics).
MACHINES = {"metrics"}
# Agencies prove themselves in their own way.
FOR_AGENCIES = {"agency-status-events", "agency-service-token-redeem"}

ARGUMENTS = {
    "code": "any",
    "provider": "any",
    "token": "any",
    "session_id": "0190b4a2-0000-7000-8000-000000000000",
    "request_id": "0190b4a2-0000-7000-8000-000000000000",
    "consent_id": "0190b4a2-0000-7000-8000-000000000000",
    "draft_id": "0190b4a2-0000-7000-8000-000000000000",
}


def routes(resolver: Any = None) -> Iterator[URLPattern]:
    """All patterns but those of the admin site itself."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        elif entry.namespace != "admin":
            yield from routes(entry)


def view_of(route: URLPattern) -> type[APIView] | None:
    found = getattr(route.callback, "cls", None)
    return found if isinstance(found, type) and issubclass(found, APIView) else None


def name_of(route: URLPattern) -> str:
    assert route.name, f"{route.pattern} has no name"
    return route.name


VIEWS = {name_of(route): view for route in routes() if (view := view_of(route))}


def methods_of(view: type[APIView]) -> list[str]:
    return [method for method in ("get", "post", "put", "patch", "delete") if hasattr(view, method)]


def address_of(name: str) -> str:
    route = next(route for route in routes() if route.name == name)
    return reverse(name, kwargs={argument: ARGUMENTS[argument] for argument in route.pattern.converters})


def test_the_open_routes_are_these() -> None:
    assert {name for name, view in VIEWS.items() if AllowAny in view.permission_classes} == OPEN


def test_views_without_the_framework_are_these() -> None:
    assert {
        name_of(route) for route in routes() if view_of(route) is None
    } == PLAIN | OPERATORS | SECOND_FACTOR | OFFICERS | MACHINES


def test_nobody_is_asked_who_they_are_where_everybody_may_come() -> None:
    """Else a token that has expired would close an open door."""
    assert {name for name in OPEN if VIEWS[name].authentication_classes} == set()


@pytest.mark.parametrize("name", sorted(VIEWS.keys() - OPEN - FOR_AGENCIES))
def test_every_other_view_is_for_citizens(name: str) -> None:
    view = VIEWS[name]
    assert list(view.authentication_classes) == [CitizenAuthentication]
    assert list(view.permission_classes) == [IsCitizen]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "method"),
    [(name, method) for name in sorted(VIEWS.keys() - OPEN) for method in methods_of(VIEWS[name])],
)
def test_every_other_route_asks_for_a_token(name: str, method: str, anonymous: APIClient) -> None:
    answer = getattr(anonymous, method)(address_of(name))

    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(VIEWS.keys() - OPEN))
def test_not_even_the_methods_of_a_route_are_told_without_a_token(name: str, anonymous: APIClient) -> None:
    assert anonymous.options(address_of(name)).status_code == 401


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_every_view_is_throttled(name: str) -> None:
    assert list(VIEWS[name].throttle_classes) == [SharedRateLimit]


def test_every_open_view_names_whom_a_call_counts_against() -> None:
    naming = {name for name, view in VIEWS.items() if hasattr(view, "throttle_keys")}
    assert naming == OPEN - BY_ADDRESS_ALONE


@pytest.mark.parametrize("name", sorted(VIEWS.keys() - OPEN))
def test_every_other_view_counts_who_does_not_prove_who_they_are(name: str) -> None:
    assert all(issubclass(one, CountedAuthentication) for one in VIEWS[name].authentication_classes)


@pytest.mark.django_db
def test_the_admin_sends_strangers_to_its_login(anonymous: APIClient) -> None:
    pages = [reverse("admin:index"), reverse("operations"), *map(reverse, sorted(SECOND_FACTOR))]
    for model in admin.site._registry:
        kind = f"{model._meta.app_label}_{model._meta.model_name}"
        pages += [reverse(f"admin:{kind}_changelist"), reverse(f"admin:{kind}_add")]
        pages.append(reverse(f"admin:{kind}_change", args=["0190b4a2-0000-7000-8000-000000000000"]))
    pages.append(reverse("admin:autocomplete"))

    for page in pages:
        answer = anonymous.get(page)
        assert answer.status_code == 302, page
        assert answer["Location"].startswith(reverse("admin:login")), page
