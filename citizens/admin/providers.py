"""Digital IDs that citizens may sign in with: which are on, for what, in which order. Each change is audited."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from citizens.admin.provider_form import ProviderAddForm, ProviderForm
from citizens.admin.provider_trying import failure_in_words, provider_trouble
from citizens.identity.providers.base import RedirectProvider
from citizens.identity.providers.breaker import closed_until
from citizens.identity.providers.changing import identity_provider_save
from citizens.identity.providers.registry import PROTOCOLS
from citizens.identity.sign_in import callback_uri
from citizens.models import IdentityProvider
from services_catalog.admin.base import TextWidget, badge, yes_no
from services_catalog.admin.operating import AskingAdmin, back
from services_catalog.admin.serializer_options import in_words

_PEOPLE_SEE: Any = (_("What people see"), {"fields": [("name_th", "name_en"), ("logo_url_th", "logo_url_en")]})
_LEVELS: Any = (
    _("Levels that count"),
    {
        "fields": [("default_ial", "max_ial"), ("default_aal", "max_aal")],
        "description": _(
            "IAL: how surely the person was identified. AAL: how surely it is the same person now. What the digital ID "
            "says counts up to the highest level; where it says none, the level given here for that does."
        ),
    },
)
_OPTIONS = _("Options of the protocol")
_SECRET = _("Our secret")
_HELP_OF_NEW = {"code": _("Small Latin letters, digits and hyphens only. It is part of the callback address.")}
_HELP = {
    "is_on": _("Phones offer it. Switched off, its access tokens end."),
    "is_primary": _("Phones put it forward. There is one: it is taken from the other."),
    "position": _("The lowest comes first."),
    "secret_variable": _("Instead of a secret that is kept here: THAID_CLIENT_SECRET, NDID_NODE_API_KEY or the like."),
}


@admin.register(IdentityProvider)
class IdentityProviderAdmin(AskingAdmin):
    # No agency_path: how citizens sign in is for the platform alone.
    list_display = ["name", "code", "protocol", "state", "primary", "position", "levels", "health_now"]
    list_display_links = ["name"]
    search_fields = ["code", "name_th", "name_en"]
    ordering = ["position", "code"]
    actions = ["try_it"]
    # What is tried is what was saved.
    warn_unsaved_form = True
    formfield_overrides = {
        models.TextField: {"widget": TextWidget},
        models.URLField: {"assume_scheme": "https", "widget": TextWidget},
    }
    add_fieldsets = [
        (None, {"fields": ["code", "protocol"], "description": _("Both are for good. The options come next.")}),
        _PEOPLE_SEE,
        _LEVELS,
    ]
    fieldsets = [
        (None, {"fields": [("code", "protocol"), ("is_on", "is_primary"), ("position", "health_now")]}),
        _PEOPLE_SEE,
        _LEVELS,
        (_OPTIONS, {"fields": ["callback_now", "options"]}),
        (_SECRET, {"fields": ["secret_now", "new_secret", "secret_variable"]}),
    ]
    looking_fieldsets = [
        (None, {"fields": [("code", "protocol"), ("state", "primary"), ("position", "health_now")]}),
        _PEOPLE_SEE,
        _LEVELS,
        (_OPTIONS, {"fields": ["callback_now", "options_now"]}),
        (_SECRET, {"fields": ["secret_now"]}),
    ]
    readonly_fields = ["state", "primary", "health_now", "callback_now", "options_now", "secret_now"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[IdentityProvider]:
        return super().get_queryset(request).select_related("health")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look reads the options in words, and is not asked for a secret."""
        if obj is None:
            return self.add_fieldsets
        return self.fieldsets if self.has_change_permission(request, obj) else self.looking_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fixed = [] if obj is None else ["code", "protocol"]
        return [*super().get_readonly_fields(request, obj), *fixed]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = ProviderForm if change and self.has_change_permission(request, obj) else ProviderAddForm
        helping = _HELP if change else _HELP_OF_NEW
        return super().get_form(request, obj, change, form=form, help_texts=helping, **kwargs)

    def save_model(self, request: HttpRequest, obj: IdentityProvider, form: Any, change: bool) -> None:
        identity_provider_save(row=obj, new_secret=form.cleaned_data.get("new_secret", ""))
        if "is_on" in form.changed_data and not IdentityProvider.objects.filter(is_on=True).exists():
            self.message_user(request, _("No digital ID is on now: nobody can sign in."), messages.WARNING)

    def response_add(self, request: HttpRequest, obj: IdentityProvider, post_url_continue: Any = None) -> HttpResponse:
        """On to the options of its protocol."""
        super().response_add(request, obj, post_url_continue)
        return redirect("admin:citizens_identityprovider_change", obj.pk)

    @admin.action(description=_("Try it"), permissions=["change"])
    def try_it(self, request: HttpRequest, rows: QuerySet[IdentityProvider]) -> HttpResponse | None:
        for row in rows:
            if trouble := provider_trouble(row):
                self.message_user(request, f"{row.code}: {trouble}", messages.ERROR)
            else:
                self.message_user(request, f"{row.code}: {_('It is there and knows us.')}", messages.SUCCESS)
        return back(request)

    @admin.display(description=_("name"), ordering="name_th")
    def name(self, row: IdentityProvider) -> str:
        return str(row)

    @admin.display(description=_("state"), ordering="is_on")
    def state(self, row: IdentityProvider) -> str:
        return badge(_("On"), "success") if row.is_on else badge(_("Off"))

    @admin.display(description=_("primary"), ordering="is_primary")
    def primary(self, row: IdentityProvider) -> str:
        return yes_no(row.is_primary) if row.is_primary else "–"

    @admin.display(description=_("highest IAL · AAL"), ordering="max_ial")
    def levels(self, row: IdentityProvider) -> str:
        return f"{row.max_ial} · {row.max_aal}"

    @admin.display(description=_("health"))
    def health_now(self, row: IdentityProvider) -> str:
        health = getattr(row, "health", None)
        if closed := closed_until(row):
            state = badge(_("Not used until %(time)s") % {"time": date_format(localtime(closed), "H:i:s")}, "danger")
        else:
            state = badge(_("Failing"), "warning") if health and health.failures else badge(_("Up"), "success")
        if health is None or not health.last_failure:
            return state
        return format_html("{} {}", state, failure_in_words(health.last_failure))

    @admin.display(description=_("callback address"))
    def callback_now(self, row: IdentityProvider) -> str:
        """What the provider has to be told where the browser comes back with a code."""
        return callback_uri(row.code) if issubclass(PROTOCOLS[row.protocol], RedirectProvider) else "–"

    @admin.display(description=_("options"))
    def options_now(self, row: IdentityProvider) -> SafeString:
        told = in_words(PROTOCOLS[row.protocol].options_serializer, row.options)
        return render_to_string("services_catalog/admin/content.html", {"fields": told})

    @admin.display(description=_("secret"))
    def secret_now(self, row: IdentityProvider) -> str:
        if row.secret_variable:
            return str(_("It is in the environment variable %(name)s.")) % {"name": row.secret_variable}
        return str(_("There is none.") if row.secret_encrypted is None else _("There is one, encrypted."))
