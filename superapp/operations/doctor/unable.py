"""When not even the examination can begin: settings that do not load, embedded servers that do not start."""

import sys
import traceback
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from superapp.operations.doctor.findings import Finding, failed, reason
from superapp.operations.doctor.report import print_report

_SETTINGS = Path(__file__).resolve().parents[2] / "settings"


def explain(error: Exception, argv: list[str]) -> int:
    """Prints why `manage.py doctor` could not begin; the exit code."""
    return print_report([_finding(error)], as_json="--json" in argv, out=sys.stdout)


def _finding(error: Exception) -> Finding:
    if isinstance(error, ImproperlyConfigured):
        return failed("settings", str(error), "Set it; deploy/env.example explains every variable.")
    if place := _place_in_settings(error):
        return failed(
            "settings",
            f"A variable read at {place} cannot be understood ({type(error).__name__}).",
            "Mend it; deploy/env.example shows the form of every variable.",
        )
    return failed("start", reason(error), "Mend this first: nothing else could be looked at.")


def _place_in_settings(error: Exception) -> str:
    """The last line of our settings that the error went through; the error's text could repeat a secret."""
    places = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent == _SETTINGS]
    return f"superapp/settings/{Path(places[-1].filename).name}, line {places[-1].lineno}" if places else ""
