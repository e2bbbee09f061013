"""The agency's own page, opened from the super-app: it redeems the token it is handed and greets whoever came.

POST /{agency_code}/mini-app with the form field `token`: 200, or 403 where the token is good no more
"""

import html
import json
import time
from urllib.parse import parse_qs
from uuid import uuid4

from superapp.sandbox.agencies.webhook import sign
from superapp.sandbox.client import Reply, exchange
from superapp.sandbox.credentials import agency_credentials
from superapp.sandbox.listener import Application, HangUp, Request, Response

REDEEM_PATH = "/api/agency/v1/service-tokens/redeem"


class WithMiniApp:
    """The agency's interface for machines, and its page beside it."""

    def __init__(self, machines: Application, platform_url: str, secret: str) -> None:
        self._machines = machines
        self._url = platform_url + REDEEM_PATH
        self._secret = secret

    def __call__(self, request: Request) -> Response | HangUp:
        match request.method, request.segments:
            case "POST", [agency_code, "mini-app"]:
                fields = parse_qs(request.body.decode(errors="replace"))
                return _page(self._redeem(agency_code, fields.get("token", [""])[0]))
        return self._machines(request)

    def _redeem(self, agency_code: str, token: str) -> Reply:
        secrets = agency_credentials(agency_code, secret=self._secret)
        body, message_id, now = json.dumps({"token": token}).encode(), uuid4().hex, int(time.time())
        headers = {
            "Authorization": f"Bearer {secrets.api_key}",
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(now),
            "webhook-signature": sign(secrets.callback_secret, message_id, now, body),
        }
        return exchange("POST", self._url, headers=headers, body=body)


def _page(told: Reply) -> Response:
    if told.status != 200:
        return _html(403, "<h1>กรุณาเปิดจากแอปอีกครั้ง</h1><p>Please open this from the app again.</p>")
    who = told.json()
    known = "".join(
        f"<dt>{html.escape(claim)}</dt><dd>{html.escape(value)}</dd>" for claim, value in who["claims"].items()
    )
    return _html(200, f"<h1>สวัสดี · Welcome</h1><p>{html.escape(who['subject'])}</p><dl>{known}</dl>")


def _html(status: int, content: str) -> Response:
    page = f'<!doctype html><html lang="th"><meta charset="utf-8"><title>Mini-app</title><body>{content}</body></html>'
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return Response(status, page.encode(), headers)
