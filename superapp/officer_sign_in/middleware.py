"""What every page of the admin passes through. Other paths have no session."""

from collections.abc import Callable
from functools import cache
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

Answer = Callable[[HttpRequest], HttpResponse]

# What somebody may open who has given the password, but not yet the second factor.
_BEFORE_IT = ["admin:login", "admin:logout", "admin:jsi18n", "set_language", "second-factor", "second-factor-enrol"]


@cache
def _admin() -> str:
    return reverse("admin:index")


@cache
def _open_paths() -> set[str]:
    return {reverse(name) for name in _BEFORE_IT}


def _is_of_admin(request: HttpRequest) -> bool:
    return request.path_info.startswith(_admin())


class SecondFactorRequired:
    """Sends officers who have given their password alone to the second factor, whatever page they ask for."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_closed = _is_of_admin(request) and request.path_info not in _open_paths()
        if is_closed and settings.OFFICER_SECOND_FACTOR_REQUIRED and _is_half_signed_in(request):
            following = {"next": request.get_full_path()} if request.method == "GET" else {}
            return HttpResponseRedirect(f"{reverse('second-factor')}?{urlencode(following)}")
        return self.get_response(request)


def _is_half_signed_in(request: HttpRequest) -> bool:
    return request.user.is_authenticated and not request.user.is_verified()  # type: ignore[attr-defined]


class SessionsEndWhenIdle:
    """Every page that a person opens prolongs the session (SESSION_COOKIE_AGE); one that renews itself does not."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_of_admin(request) and not request.session.is_empty() and "X-Renews-Itself" not in request.headers:
            request.session.modified = True
        return response
