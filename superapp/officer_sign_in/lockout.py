"""After too many wrong passwords for one name from one address, that name is refused from there for a while."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: Any = None) -> HttpResponse:
    """What django-axes answers then. It says the same whether or not there is an officer of that name."""
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    context = {
        **admin.site.each_context(request),
        "title": _("Too many wrong passwords"),
        "minutes": cool_off // timedelta(minutes=1),
    }
    page = render(request, "officer_sign_in/locked_out.html", context, status=429)
    page["Retry-After"] = str(cool_off // timedelta(seconds=1))
    return page
