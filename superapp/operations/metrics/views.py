"""`GET /metrics`: a machine's page, behind a token of its own."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from citizens.identity.problems import NOT_SIGNED_IN
from services_catalog.problems import NOT_FOUND, Problem
from superapp.api.problems import problem_http_response
from superapp.operations.metrics.database import DatabaseCollector
from superapp.operations.metrics.exposition import CONTENT_TYPE, exposition, may_read


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Without METRICS_TOKEN there is no such page."""
    if not settings.METRICS_TOKEN:
        return problem_http_response(request, Problem(NOT_FOUND))
    if not may_read(request.headers.get("Authorization", "")):
        challenge = {"WWW-Authenticate": 'Bearer realm="metrics"'}
        return problem_http_response(request, Problem(NOT_SIGNED_IN, headers=challenge))
    return HttpResponse(exposition(DatabaseCollector()), content_type=CONTENT_TYPE)
