"""What platform staff fill in of a digital ID: first which one it is, then the options of its protocol."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from citizens.identity.providers.registry import PROTOCOLS
from citizens.models import IdentityProvider
from services_catalog.admin.base import PasswordWidget, SelectWidget
from services_catalog.admin.serializer_options import (
    Errors,
    Options,
    inputs,
    labelled,
    said,
    typed,
    without_defaults,
    wrong_options,
)
from services_catalog.models.content import AAL_LEVELS, IAL_LEVELS

# The addresses that are sent the secret, whichever protocol it is.
_SECRET_GOES_TO = ("token_url", "revoke_url", "base_url")
# Another variable, such as our own keys, must not be sent to whatever address a row names.
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*_(CLIENT_SECRET|API_KEY)\Z")
_LEVELS = {"default_ial": IAL_LEVELS, "max_ial": IAL_LEVELS, "default_aal": AAL_LEVELS, "max_aal": AAL_LEVELS}
_SECRET_AND_VARIABLE = _("Give the secret or the name of a variable, not both.")
_VARIABLE_NAME = _("The name has to be like THAID_CLIENT_SECRET or NDID_NODE_API_KEY.")
_SECRET_ANEW = _("The secret would be sent to another server. Type it anew.")
_DEFAULT_TOO_HIGH = _("It may not be above the highest level.")


class ProviderOptionsWidget(forms.Widget):
    """The inputs of one protocol."""

    template_name = "citizens/admin/provider_options.html"
    serializer: Options
    wrong: Errors | None = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        options = json.loads(value) if isinstance(value, str) else value or {}
        drawn = inputs(name, self.serializer, options, self.wrong)
        return {**super().get_context(name, value, attrs), "inputs": drawn}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, Any]:
        return typed(name, self.serializer, data)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str) -> str:
        return ""


class ProviderOptionsField(forms.Field):
    """Knows its protocol once the form knows its row."""

    widget = ProviderOptionsWidget

    def use(self, protocol: str, before: Mapping[str, Any]) -> None:
        self.widget.serializer = PROTOCOLS[protocol].options_serializer
        self._before = before

    def clean(self, value: Any) -> dict[str, Any]:
        serializer = self.widget.serializer
        if wrong := wrong_options(serializer, value):
            # Said at the option, too.
            self.widget.wrong = wrong
            raise forms.ValidationError(labelled(serializer, wrong))
        return without_defaults(serializer, value, self._before)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return said(initial or {}) != without_defaults(self.widget.serializer, data, self._before)


class _ProviderForm(forms.ModelForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields.keys() & _LEVELS.keys():
            self.fields[name] = _level_field(name)

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or self.cleaned_data
        for kind in ("ial", "aal"):
            default, highest = given.get(f"default_{kind}"), given.get(f"max_{kind}")
            if default is not None and highest is not None and default > highest:
                self.add_error(f"default_{kind}", _DEFAULT_TOO_HIGH)
        return given

    def _get_validation_exclusions(self) -> set[str]:
        # Saving takes "primary" from the other provider; the levels are compared above, in words.
        left: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return left | {"is_primary", "default_ial", "default_aal"}


class ProviderAddForm(_ProviderForm):
    """A provider that is not there yet; it begins switched off."""


class ProviderForm(_ProviderForm):
    options = ProviderOptionsField(label=_("Options of the protocol"), required=False)
    new_secret = forms.CharField(
        label=_("New secret"),
        required=False,
        max_length=500,
        strip=True,
        widget=PasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("It is never shown. Leave it empty to keep the one that is there."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "options" in self.fields:
            field: Any = self.fields["options"]
            field.use(self.instance.protocol, self.instance.options)

    def clean_secret_variable(self) -> str:
        variable: str = self.cleaned_data["secret_variable"].strip()
        if variable and not _VARIABLE.match(variable):
            raise forms.ValidationError(_VARIABLE_NAME)
        return variable

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or self.cleaned_data
        if given.get("new_secret") and given.get("secret_variable"):
            self.add_error("new_secret", _SECRET_AND_VARIABLE)
        is_kept = self.instance.secret_encrypted is not None and not given.get("secret_variable")
        if is_kept and not given.get("new_secret") and self._goes_elsewhere(given.get("options")):
            self.add_error("new_secret", _SECRET_ANEW)
        return given

    def _goes_elsewhere(self, options: Mapping[str, Any] | None) -> bool:
        """Whoever may change addresses but not read the secret could have it sent to a server of theirs."""
        return options is not None and not _servers(options) <= _servers(self.initial.get("options") or {})


def _servers(options: Mapping[str, Any]) -> set[tuple[str, str]]:
    addresses = [urlsplit(options[name]) for name in _SECRET_GOES_TO if options.get(name)]
    return {(address.scheme, address.netloc) for address in addresses}


def _level_field(name: str) -> forms.TypedChoiceField:
    field: Any = IdentityProvider._meta.get_field(name)
    choices = [(str(level), str(level)) for level in _LEVELS[name]]
    return forms.TypedChoiceField(
        label=capfirst(field.verbose_name), choices=choices, coerce=Decimal, widget=SelectWidget
    )
