"""The sandbox agency's own page redeems what the phone hands it."""

from pathlib import Path
from urllib.parse import urlencode

from pytest_django.live_server_helper import LiveServer
from rest_framework.test import APIClient

from services_catalog.models import Agency
from superapp.sandbox.agencies.behaviours import AgencyKind
from superapp.sandbox.client import Reply, exchange
from superapp.sandbox.server import serve
from tests.citizens.identity.redeeming import make_mini_app, token_of
from tests.factories import SECRET


def test_a_mini_app_greets_whoever_opens_it_once(
    live_server: LiveServer, api: APIClient, agency: Agency, tmp_path: Path
) -> None:
    make_mini_app(agency, claims=["given_name_th", "family_name_th"])
    sandbox = serve(platform_url=live_server.url, state=tmp_path, secret=SECRET)

    def open_with(token: str) -> Reply:
        form = urlencode({"token": token}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return exchange("POST", f"{sandbox.urls[AgencyKind.INSTANT]}/dlt/mini-app", headers=headers, body=form)

    try:
        token = token_of(api, ["given_name_th"])
        first, again, guessed = open_with(token), open_with(token), open_with("guessed")
    finally:
        sandbox.stop()

    assert first.status == 200
    assert "<dd>ทดสอบ</dd>" in first.body.decode()
    assert "ระบบดี" not in first.body.decode(), "consented to the given name alone"
    assert (again.status, guessed.status) == (403, 403)
