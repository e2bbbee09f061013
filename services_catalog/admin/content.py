"""What a service says, as a table to read."""

import json
from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from services_catalog.readable import label_of, lines_of


def content_table(content: Mapping[str, Any]) -> SafeString:
    """The fields of a snapshot that say something (services_catalog.snapshots)."""
    fields = ((label_of(name), lines_of(name, value)) for name, value in content.items())
    return render_to_string("services_catalog/admin/content.html", {"fields": [one for one in fields if one[1]]})


def as_json(value: Any) -> SafeString:
    """A value as people read JSON, Thai letters included."""
    return format_html('<pre class="json">{}</pre>', json.dumps(value, ensure_ascii=False, indent=2))
