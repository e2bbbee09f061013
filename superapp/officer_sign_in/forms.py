from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import TextWidget


class CodeForm(forms.Form):
    """Codes are typed as people read them: with spaces, or in capitals."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=TextWidget(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        code: Any = self.cleaned_data["code"]
        return "".join(code.split()).lower()

    def refuse(self) -> None:
        self.add_error(
            "code", _("This code is wrong or was used before. After a wrong code, wait a moment before the next one.")
        )
