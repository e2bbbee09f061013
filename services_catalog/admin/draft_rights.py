"""Who writes services, who reviews them, who puts them online. Which rows they see is `scoping`'s."""

from django.contrib.auth.models import AnonymousUser

from services_catalog.models import Officer

_WRITERS = {Officer.Role.EDITOR.value, Officer.Role.AGENCY_ADMINISTRATOR.value}


def may_edit(user: Officer | AnonymousUser) -> bool:
    """Editors and administrators of an agency."""
    return user.is_superuser or bool(_WRITERS & _roles(user))


def may_review(user: Officer | AnonymousUser) -> bool:
    """The platform's reviewers."""
    return user.is_superuser or Officer.Role.PLATFORM_REVIEWER.value in _roles(user)


def may_publish(user: Officer | AnonymousUser) -> bool:
    """What is approved: by either side."""
    return may_edit(user) or may_review(user)


def _roles(user: Officer | AnonymousUser) -> set[str]:
    if not isinstance(user, Officer) or not (user.is_active and user.is_staff):
        return set()
    return set(user.roles)
