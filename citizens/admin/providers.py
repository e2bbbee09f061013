"""Digital IDs that citizens may sign in with: which are on, for what, in which order. Each change is audited."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from citizens.admin.provider_form import ProviderAddForm, ProviderForm
from citizens.admin.provider_trying import provider_trouble
from citizens.identity.providers.breaker import closed_until
from citizens.identity.providers.changing import identity_provider_save
from citizens.models import IdentityProvider
from services_catalog.admin.base import TextWidget, badge, yes_no
from services_catalog.admin.operating import AskingAdmin, back

_PEOPLE_SEE: Any = (_("What people see"), {"fields": [("name_th", "name_en"), ("logo_url_th", "logo_url_en")]})
_LEVELS: Any = (
    _("Levels that count"),
    {
        "fields": [("default_ial", "max_ial"), ("default_aal", "max_aal")],
        "description": _("What it says counts up to the highest level; where it says nothing, the other one does."),
    },
)


@admin.register(IdentityProvider)
class IdentityProviderAdmin(AskingAdmin):
    # No agency_path: how citizens sign in is for the platform alone.
    list_display = ["name", "code", "protocol", "state", "primary", "position", "levels", "health_now"]
    list_display_links = ["name"]
    search_fields = ["code", "name_th", "name_en"]
    ordering = ["position", "code"]
    actions = ["try_it"]
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
        (None, {"fields": [("code", "protocol"), ("is_on", "is_primary", "position"), "health_now"]}),
        _PEOPLE_SEE,
        _LEVELS,
        (_("Options of the protocol"), {"fields": ["options"]}),
        (_("Secret"), {"fields": ["secret_now", "new_secret", "secret_variable"]}),
    ]
    readonly_fields = ["health_now", "secret_now"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[IdentityProvider]:
        return super().get_queryset(request).select_related("health")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look is not asked for a secret."""
        if obj is None:
            return self.add_fieldsets
        if self.has_change_permission(request, obj):
            return self.fieldsets
        return [*self.fieldsets[:-1], (_("Secret"), {"fields": ["secret_now"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fixed = [] if obj is None else ["code", "protocol"]
        return [*super().get_readonly_fields(request, obj), *fixed]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = ProviderForm if change and self.has_change_permission(request, obj) else ProviderAddForm
        return super().get_form(request, obj, change, form=form, **kwargs)

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
        return format_html("{} {}", state, health.last_failure) if health and health.last_failure else state

    @admin.display(description=_("secret"))
    def secret_now(self, row: IdentityProvider) -> str:
        if row.secret_variable:
            return str(_("It is in the environment variable %(name)s.")) % {"name": row.secret_variable}
        return str(_("There is none.") if row.secret_encrypted is None else _("There is one, encrypted."))
