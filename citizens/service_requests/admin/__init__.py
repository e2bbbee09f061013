"""Service requests as operators and officers see them: without form data, without the citizen."""

from citizens.service_requests.admin import differences, requests

__all__ = ["differences", "requests"]
