"""The published schema is the truth: whatever is sent, the answer is one of those it tells of, and never a 5xx."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from citizens.models import Citizen
from citizens.service_requests.models import ServiceRequest
from services_catalog.models import Service
from superapp.wsgi import application
from tests.factories import make_request

CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
