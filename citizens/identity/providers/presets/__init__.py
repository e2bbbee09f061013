"""The digital IDs of Thailand as rows to begin with: off, without a client and without a secret."""

from pathlib import Path
from typing import Any

import yaml

from citizens.models import IdentityProvider

_FOLDER = Path(__file__).parent


def presets() -> dict[str, dict[str, Any]]:
    """The fields of each row, by its code."""
    files = sorted(_FOLDER.glob("*.yaml"))
    return {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in files}


def providers_load() -> list[str]:
    """Writes the rows that are missing, and changes none that is there; the codes of those it wrote."""
    found = presets()
    there = set(IdentityProvider.objects.filter(code__in=found).values_list("code", flat=True))
    missing = [code for code in found if code not in there]
    IdentityProvider.objects.bulk_create([IdentityProvider(code=code, **found[code]) for code in missing])
    return missing
