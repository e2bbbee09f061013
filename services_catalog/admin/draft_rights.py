"""Who writes services, who reviews them, who puts them online. Which rows they see is `scoping`'s."""

from django.contrib.auth.models import AnonymousUser

from services_catalog.models import Officer

_WRITERS = {Officer.Role.EDITOR.value, Officer.Role.AGENCY_ADMINISTRATOR.value}


def may_edit(user: Officer | AnonymousUser) -> bool:
    """Editors and administrators of an agency."""
    return _is_on_duty(user) and (user.is_superuser or bool(_WRITERS & set(user.roles)))


def may_review(user: Officer | AnonymousUser) -> bool:
    """The platform's reviewers."""
    return _is_on_duty(user) and (user.is_superuser or Officer.Role.PLATFORM_REVIEWER.value in user.roles)


def may_publish(user: Officer | AnonymousUser) -> bool:
    """What is approved: by either side."""
    return may_edit(user) or may_review(user)


def _is_on_duty(user: Officer | AnonymousUser) -> bool:
    return isinstance(user, Officer) and user.is_active and user.is_staff
