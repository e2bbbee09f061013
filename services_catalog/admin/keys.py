"""The page of an agency's keys: new ones are shown once, nobody reads one again."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from services_catalog import rights
from services_catalog.admin.base import AgencyScopedAdmin, TextWidget
from services_catalog.models import Agency, AgencyCredential
from services_catalog.services.credentials import (
    credential_renew_api_key,
    credential_renew_callback_secret,
    credential_set_outgoing_secret,
    credential_withdraw_former,
)


class OutgoingSecretForm(forms.Form):
    secret = forms.CharField(
        label=gettext_lazy("The secret we show your system"),
        max_length=500,
        validators=[RegexValidator(r"^[!-~]+\Z", gettext_lazy("Printable ASCII letters without spaces."))],
        widget=TextWidget(attrs={"type": "password", "autocomplete": "off"}),
        help_text=gettext_lazy("Sent as Authorization: Bearer … with every submission. Nobody can read it here again."),
    )


class AgencyKeys(AgencyScopedAdmin):
    """What the admin of agencies inherits."""

    change_form_template = "services_catalog/admin/agency_change_form.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(sensitive_post_parameters("secret")(self.keys_view))
        return [path("<path:object_id>/keys/", view, name="services_catalog_agency_keys"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        shown = kwargs.get("obj")
        if shown is not None and rights.may(request.user, "view", AgencyCredential):
            context["keys_address"] = reverse("admin:services_catalog_agency_keys", args=[shown.pk])
        return super().render_change_form(request, context, *args, **kwargs)

    def keys_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Raises PermissionDenied for who may not see keys, and for another agency's."""
        agency = self.get_object(request, unquote(object_id))
        verb = "rotate" if request.method == "POST" else "view"
        if agency is None or not rights.may(request.user, verb, AgencyCredential):
            raise PermissionDenied
        form = OutgoingSecretForm(request.POST if "set_outgoing_secret" in request.POST else None)
        shown_once = ""
        if request.method == "POST":
            done, shown_once = self._rotate(agency, request.POST, form)
            if done:
                self.log_change(request, agency, done)
                messages.success(request, done)
            if done and not shown_once:
                return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Keys of %(agency)s") % {"agency": agency},
            "opts": self.opts,
            "original": agency,
            "credential": AgencyCredential.objects.filter(agency=agency).first(),
            "may_rotate": rights.may(request.user, "rotate", AgencyCredential),
            "form": form,
            "shown_once": shown_once,
        }
        return TemplateResponse(request, "services_catalog/admin/agency_keys.html", context)

    def _rotate(self, agency: Agency, asked: Any, form: OutgoingSecretForm) -> tuple[str, str]:
        """What was done, empty for nothing, and the secret that is to be shown, if there is one."""
        if "new_api_key" in asked:
            return _("New API key"), credential_renew_api_key(agency=agency)
        if "new_callback_secret" in asked:
            return _("New callback secret"), credential_renew_callback_secret(agency=agency)
        if "withdraw_former" in asked:
            credential_withdraw_former(agency=agency)
            return _("Former keys withdrawn"), ""
        if "set_outgoing_secret" in asked and form.is_valid():
            credential_set_outgoing_secret(agency=agency, secret=form.cleaned_data["secret"])
            return _("Secret for the agency's system set"), ""
        return "", ""
