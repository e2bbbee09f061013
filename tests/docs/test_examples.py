"""The examples of docs/agencies.md, run against the code they are written for."""

import re
import subprocess
import sys

import pytest
from pytest_django.live_server_helper import LiveServer

from citizens.models import Citizen
from citizens.service_requests.models import ServiceRequest
from services_catalog.models import Service
from superapp.embedded.locations import PROJECT_ROOT
from tests.factories import credentials_of, make_request

_EXAMPLES = {"python": [sys.executable, "-c"], "sh": ["bash", "-euo", "pipefail", "-c"]}
_PATH = "/usr/local/bin:/usr/bin:/bin"


def example(language: str) -> str:
    page = (PROJECT_ROOT / "docs" / "agencies.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return str(found)


@pytest.mark.parametrize(("language", "status"), [("python", "in_progress"), ("sh", "completed")])
def test_an_agency_tells_us_how_a_request_stands(
    language: str, status: str, live_server: LiveServer, citizen: Citizen, service: Service
) -> None:
    service_request = make_request(citizen, service)
    secrets = credentials_of(service.agency)
    environment = {
        "PATH": _PATH,
        "PLATFORM": live_server.url,
        "API_KEY": secrets.api_key,
        "CALLBACK_SECRET": secrets.callback_secret,
        "REFERENCE": str(service_request.pk),
    }
    argv = [*_EXAMPLES[language], example(language)]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr
    assert ServiceRequest.objects.get(pk=service_request.pk).status == status
