"""What each role may do, model by model: the one place that says so. What is not named here is refused.

Verbs are Django's four (view, add, change, delete) and those of our own pages, such as publish or operate. Officers of
an agency do them to rows of their agency only; the admin sees to that (services_catalog.admin.scoping).
"""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from services_catalog.models import Officer

Verbs = frozenset[str]


def _roles(**verbs: str) -> dict[Officer.Role, Verbs]:
    return {Officer.Role(role): frozenset(given.split()) for role, given in verbs.items()}


_HEADINGS = _roles(
    platform_administrator="view add change delete import",
    platform_reviewer="view",
    agency_administrator="view",
    editor="view",
)
_REQUESTS_SEEN = _roles(
    platform_administrator="view",
    operator="view",
    agency_administrator="view",
    case_handler="view",
)
_CITIZENS_SEEN = _roles(platform_administrator="view", operator="view")

# Model → role → verbs. docs/operators.md has the same table; a test compares.
RIGHTS: dict[str, dict[Officer.Role, Verbs]] = {
    "services_catalog.agency": _roles(
        platform_administrator="view add change import",
        platform_reviewer="view",
        operator="view",
        agency_administrator="view change",
        editor="view",
        case_handler="view",
    ),
    "services_catalog.agencycredential": _roles(
        platform_administrator="view",
        agency_administrator="view rotate",
    ),
    "services_catalog.officer": _roles(
        platform_administrator="view add change reset_second_factor",
        agency_administrator="view add change reset_second_factor",
    ),
    "services_catalog.service": _roles(
        platform_administrator="view unpublish import",
        platform_reviewer="view publish unpublish",
        operator="view",
        agency_administrator="view publish unpublish import",
        editor="view publish unpublish import",
        case_handler="view",
    ),
    "services_catalog.servicedraft": _roles(
        platform_administrator="view",
        platform_reviewer="view review publish",
        agency_administrator="view add change publish",
        editor="view add change publish",
    ),
    "services_catalog.serviceversion": _roles(
        platform_administrator="view",
        platform_reviewer="view",
        operator="view",
        agency_administrator="view",
        editor="view",
        case_handler="view",
    ),
    "services_catalog.category": _HEADINGS,
    "services_catalog.lifeevent": _HEADINGS,
    "services_catalog.searchalias": _roles(
        platform_administrator="view add change delete import",
        platform_reviewer="view add change delete import",
    ),
    "services_catalog.unansweredquery": _roles(
        platform_administrator="view delete",
        platform_reviewer="view delete",
    ),
    "services_catalog.importjob": _roles(platform_administrator="view add"),
    "services_catalog.auditevent": _roles(
        platform_administrator="view",
        platform_reviewer="view",
        agency_administrator="view",
        editor="view",
    ),
    "services_catalog.lane": _roles(
        platform_administrator="view",
        platform_reviewer="view",
        operator="view change operate pause force_outage plan_outage",
        agency_administrator="view change pause force_outage plan_outage",
        editor="view plan_outage",
        case_handler="view",
    ),
    "services_catalog.outage": _roles(
        platform_administrator="view",
        platform_reviewer="view",
        operator="view end end_forced",
        agency_administrator="view end",
        editor="view end",
        case_handler="view",
    ),
    "services_catalog.operatoraction": _REQUESTS_SEEN,
    "service_requests.servicerequest": _roles(
        platform_administrator="view",
        operator="view operate",
        agency_administrator="view",
        case_handler="view operate",
    ),
    "service_requests.statusevent": _REQUESTS_SEEN,
    "service_requests.deliveryattempt": _REQUESTS_SEEN,
    "service_requests.difference": _REQUESTS_SEEN,
    "citizens.citizen": _roles(platform_administrator="view reveal", operator="view reveal"),
    "citizens.heldidentity": _roles(platform_administrator="view decide", operator="view decide"),
    "citizens.identityprovider": _roles(platform_administrator="view add change", operator="view"),
    "citizens.linkedidentity": _CITIZENS_SEEN,
    "citizens.identityevent": _CITIZENS_SEEN,
}


def may(user: Officer | AnonymousUser, verb: str, model: type[Model]) -> bool:
    """Whether somebody may do this to rows of a model, of their agency where they have one.

    Superusers may all that anybody may; to a model that is not in the table, only they may anything.
    """
    if not isinstance(user, Officer) or not (user.is_active and user.is_staff):
        return False
    roles = RIGHTS.get(model._meta.label_lower)
    if roles is None:
        return user.is_superuser
    granted = roles.values() if user.is_superuser else (roles.get(Officer.Role(role), Verbs()) for role in user.roles)
    return any(verb in verbs for verbs in granted)
