"""The pages between the password and the admin. `admin.site.admin_view` lets in who has given the password."""

from typing import Any

import segno
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp import login as accept
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice

from services_catalog.services.second_factor import (
    has_second_factor,
    recovery_codes_left,
    second_factor_begin,
    second_factor_begun,
    second_factor_confirm,
    second_factor_verify,
)
from superapp.officer_sign_in.forms import CodeForm


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Asks for a code of the app, or for a recovery code; who has neither yet is sent to set it up."""
    following = _following(request)
    officer: Any = request.user
    if officer.is_verified():
        return HttpResponseRedirect(following)
    if not has_second_factor(officer):
        return HttpResponseRedirect(reverse("second-factor-enrol"))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        device = second_factor_verify(officer=officer, code=form.cleaned_data["code"])
        if device is not None:
            _let_in(request, device)
            _count_recovery_codes(request, device)
            return HttpResponseRedirect(following)
        form.refuse()
    return _page(request, "verify", _("Second factor"), form=form, next=following)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Shows the secret for the app; a right code of the app confirms it, and is answered with the recovery codes."""
    officer: Any = request.user
    if has_second_factor(officer):
        return HttpResponseRedirect(reverse("second-factor"))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        confirmed = second_factor_confirm(officer=officer, code=form.cleaned_data["code"])
        if confirmed is not None:
            device, codes = confirmed
            _let_in(request, device)
            return _page(request, "recovery_codes", _("Recovery codes"), codes=codes)
        form.refuse()
    begun = second_factor_begun(officer=officer) if request.method == "POST" else None
    device = begun or second_factor_begin(officer=officer)
    picture = segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=3, light="white")
    return _page(request, "enrol", _("Set up your second factor"), form=form, picture=picture, secret=_secret(device))


def _let_in(request: HttpRequest, device: Device) -> None:
    """Under a new session key: the one from before the second factor is worth nothing."""
    request.session.cycle_key()
    accept(request, device)


def _count_recovery_codes(request: HttpRequest, device: Device) -> None:
    """To who signed in with one of them."""
    if isinstance(device, StaticDevice):
        left = recovery_codes_left(officer=device.user)
        text = ngettext("%(left)d recovery code is left.", "%(left)d recovery codes are left.", left) % {"left": left}
        messages.warning(request, text)


def _secret(device: Any) -> str:
    """As people type it: base32 in groups of four."""
    secret = device.config_url.partition("secret=")[2].partition("&")[0]
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def _following(request: HttpRequest) -> str:
    """Where the officer was going, if that is one of our pages."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else reverse("admin:index")


def _page(request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
    context |= {**admin.site.each_context(request), "title": title}
    return TemplateResponse(request, f"officer_sign_in/{name}.html", context)
