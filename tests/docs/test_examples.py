"""The examples of docs/agencies.md, run against the code they are written for."""

import re
import subprocess
import sys

import pytest
from pytest_django.live_server_helper import LiveServer
from rest_framework.test import APIClient

from citizens.models import AgencySubject, Citizen
from citizens.service_requests.models import ServiceRequest
from services_catalog.models import Agency, Service
from superapp.embedded.locations import PROJECT_ROOT
from tests.citizens.identity.redeeming import make_mini_app, token_of
from tests.factories import credentials_of, make_request

_EXAMPLES = {"python": [sys.executable, "-c"], "sh": ["bash", "-euo", "pipefail", "-c"]}
_PATH = "/usr/local/bin:/usr/bin:/bin"


def example(language: str, *, about: str) -> str:
    """The one block in that language that calls that address."""
    page = (PROJECT_ROOT / "docs" / "agencies.md").read_text(encoding="utf-8")
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    (found,) = (block for block in blocks if f"/api/agency/v1/{about}" in block)
    return str(found)


def run(language: str, about: str, agency: Agency, **environment: str) -> str:
    """What the example prints when the agency runs it."""
    secrets = credentials_of(agency)
    credentials = {"API_KEY": secrets.api_key, "CALLBACK_SECRET": secrets.callback_secret}
    done = subprocess.run(
        [*_EXAMPLES[language], example(language, about=about)],
        env={"PATH": _PATH, **credentials, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(("language", "status"), [("python", "in_progress"), ("sh", "completed")])
def test_an_agency_tells_us_how_a_request_stands(
    language: str, status: str, live_server: LiveServer, citizen: Citizen, service: Service
) -> None:
    service_request = make_request(citizen, service)
    run(language, "status-events", service.agency, PLATFORM=live_server.url, REFERENCE=str(service_request.pk))
    assert ServiceRequest.objects.get(pk=service_request.pk).status == status


def test_an_agency_learns_who_has_opened_its_app(live_server: LiveServer, api: APIClient, agency: Agency) -> None:
    make_mini_app(agency, claims=["given_name_th"])
    token = token_of(api, ["given_name_th"])

    said = run("python", "service-tokens", agency, PLATFORM=live_server.url, SERVICE_TOKEN=token)

    assert said == f"{AgencySubject.objects.get().pk} {{'given_name_th': 'ทดสอบ'}}\n"
