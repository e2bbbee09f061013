"""What every request of the admin passes through."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from services_catalog.models import Officer
from services_catalog.services.audit import acting
from services_catalog.services.operator_actions import doer_of


def sign_changes(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Has the audit trail say which officer made the changes of a request to the admin."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_change = request.method == "POST" and request.path.startswith(reverse("admin:index"))
        # Asking who the user is reads the session, which the phones' requests do not have.
        if not is_change or not isinstance(request.user, Officer):
            return get_response(request)
        with acting(doer_of(request.user)):
            return get_response(request)

    return middleware
