"""The weekly look at the addresses in the catalogue, on real servers."""

from typing import Any

import pytest
from django.utils import timezone

from services_catalog.models import Agency, LinkCheck, Service
from services_catalog.tasks import check_links
from superapp.sandbox.listener import HangUp, Request, Response
from tests.counterparts import http_server, unused_port
from tests.factories import make_agency, make_draft_service, make_service

pytestmark = pytest.mark.django_db
NAME = {"th": "ชื่อ", "en": "Name"}


def failures(**fields: Any) -> dict[str, str]:
    """Of a published service with these fields, by the path of the address."""
    agency = make_agency()
    Service.objects.filter(pk=make_service(agency).pk).update(**fields)
    check_links()
    return dict(LinkCheck.objects.values_list("url", "failure"))


def answer(request: Request) -> Response | HangUp:
    status = request.path.rpartition("/")[2]
    return Response(int(status)) if status.isdecimal() else HangUp.CLOSED


def test_what_answers_is_alive_and_what_does_not_is_told_why() -> None:
    with http_server(answer) as server, unused_port() as port:
        base = server.url.removesuffix("/cases")
        alive = [f"{base}/{status}" for status in (200, 301, 401, 403, 405, 429)]
        dead = {f"{base}/404": "http_404", f"{base}/503": "http_503", f"{base}/hang": "connection_lost"}
        nobody = f"http://127.0.0.1:{port}/"
        found = failures(
            privacy_url=f"{base}/404",
            contacts=[{"name": NAME, "url": url} for url in [*alive, f"{base}/503", f"{base}/hang"]],
            complaint_channels=[{"name": NAME, "url": nobody}],
        )
    assert found == {**dict.fromkeys(alive, ""), **dead, nobody: "cannot_connect"}


def test_an_address_we_may_not_call_is_not_called_dead() -> None:
    assert failures(privacy_url="https://example.com/privacy") == {"https://example.com/privacy": ""}


def test_an_address_in_thai_is_called_as_the_web_writes_it() -> None:
    with http_server(Response(200)) as server:
        url = server.url.replace("/cases", "/นโยบาย")
        assert failures(privacy_url=url) == {url: ""}
        assert "/%E0%B8%99" in server.arrived[0].path


def test_what_citizens_do_not_see_is_not_called_and_the_past_is_forgotten() -> None:
    LinkCheck.objects.create(url="https://gone.go.th", failure="http_404", checked_at=timezone.now())
    make_draft_service(make_agency("other"), "hidden", privacy_url="https://hidden.go.th")
    with http_server(Response(200)) as server:
        Agency.objects.update(contact_url=server.url)
        assert failures() == {server.url: ""}
        assert len(server.arrived) == 1
