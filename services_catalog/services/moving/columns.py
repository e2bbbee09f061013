"""How the value of a model's field stands in a file, and how it is read back: the same for all models."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.widgets import Widget

_TRUE = {"true", "yes", "1"}
_FALSE = {"false", "no", "0"}
_SEPARATOR = ";"


class ColumnWidget(Widget):  # type: ignore[misc]
    """Reads and writes one field. Raises ValueError with a sentence for people.

    Text: lists of words are divided by ";", other lists and objects are JSON, times are ISO 8601. An empty cell is the
    field's default.
    """

    def __init__(self, field: "models.Field[Any, Any]") -> None:
        super().__init__()
        self.field = field

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if isinstance(value, str):
            value = value.strip()
        _refuse_unstorable(value)
        if value in (None, ""):
            return None if self.field.null else self.field.get_default() if self.field.has_default() else ""
        if isinstance(self.field, models.JSONField):
            return self._data(value)
        if isinstance(self.field, ArrayField):
            return self._words(value)
        if isinstance(self.field, models.BooleanField):
            return _yes_or_no(value)
        return self._plain(value)

    def render(self, value: Any, obj: Any = None, *, force_native_type: bool = False, **kwargs: Any) -> Any:
        """`force_native_type`: what JSON has a type for keeps it."""
        if value is None:
            return None if force_native_type else ""
        if isinstance(value, datetime):
            return timezone.localtime(value).isoformat()
        if isinstance(value, Decimal | date):
            return str(value)
        if force_native_type:
            return value
        if isinstance(self.field, ArrayField) and not any(_SEPARATOR in str(one) for one in value):
            return f"{_SEPARATOR} ".join(map(str, value))
        if isinstance(value, list | dict):
            return json.dumps(value, ensure_ascii=False) if value else ""
        return str(value).lower() if isinstance(value, bool) else str(value)

    def _data(self, value: Any) -> Any:
        if isinstance(value, str):
            value = _json(value)
        wanted = type(self.field.get_default())
        if not isinstance(value, wanted):
            raise ValueError(_("This must be a JSON list.") if wanted is list else _("This must be a JSON object."))
        return value

    def _words(self, value: Any) -> list[str]:
        if isinstance(value, str):
            is_json = value.startswith("[")
            value = _json(value) if is_json else [one.strip() for one in value.split(_SEPARATOR) if one.strip()]
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ValueError(_("This must be a list of words."))
        return value

    def _plain(self, value: Any) -> Any:
        if not isinstance(value, str | int | float | datetime):
            raise ValueError(_("This must be one value."))
        try:
            # Spreadsheets make numbers of what looks like one: 1.0 for the whole number 1.
            whole = int(value) if isinstance(value, float) and value.is_integer() else value
            read = self.field.to_python(whole if isinstance(whole, datetime) else str(whole))
        except (ValidationError, OverflowError) as error:
            raise ValueError(" ".join(getattr(error, "messages", [str(error)]))) from None
        return timezone.make_aware(read) if isinstance(read, datetime) and timezone.is_naive(read) else read


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        text = _("This is not JSON: %(error)s at character %(position)d.")
        raise ValueError(text % {"error": error.msg, "position": error.pos + 1}) from None
    except RecursionError:
        raise ValueError(_("This JSON is nested too deeply.")) from None


def _yes_or_no(value: Any) -> bool:
    said = str(value).lower()
    if said not in _TRUE | _FALSE:
        raise ValueError(_("This must be true or false."))
    return said in _TRUE


def _refuse_unstorable(value: Any) -> None:
    """NUL and half characters have no place in PostgreSQL's text, nor in its JSON."""
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    if "\x00" in text or "\\u0000" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError(_("This has a character that cannot be stored."))
