"""Agencies with a JSON API of their own: POST a submission, GET its status by our reference."""

import json
from collections.abc import Mapping
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services_catalog.adapters import http
from services_catalog.adapters.base import Adapter
from services_catalog.adapters.connection import HttpAnswer
from services_catalog.adapters.contrib.rest_json.options import RestJsonOptions
from services_catalog.adapters.errors import DeliveryFailure, OutcomeUnknown, Permanent, Retryable
from services_catalog.adapters.registry import registry
from services_catalog.adapters.types import Answer, CallSettings, Receipt, Submission

_TRY_LATER = {401, 403, 404, 408, 421, 425, 429, 503}
_LONGEST_RETRY_AFTER = timedelta(hours=24)
_LONGEST_REFERENCE = 200


@registry.register("rest_json")
class RestJsonAdapter(Adapter):
    """POSTs `{reference, service, version, data, applicant}` with an Idempotency-Key.

    200 and 201 answer `{"agency_reference": …, "status": …}`. A 4xx that is about the submission is final; one that
    is about us, the address or the moment is tried again; any other answer leaves the outcome unknown.
    """

    label = _("The agency's own JSON API (REST)")
    options_serializer = RestJsonOptions

    @property
    def can_look_up(self) -> bool:
        return bool(self.options["lookup_url"])

    @property
    def honours_idempotency_key(self) -> bool:
        return bool(self.options["honours_idempotency_key"])

    @property
    def can_cancel(self) -> bool:
        return bool(self.options["cancel_url"])

    @property
    def can_respond(self) -> bool:
        return bool(self.options["response_url"])

    def submit(self, submission: Submission, call: CallSettings) -> Receipt:
        fields = {
            "reference": submission.reference,
            "service": submission.service_code,
            "version": submission.version,
            "data": submission.data,
            "applicant": submission.applicant,
        }
        return self._post(self.options["submit_url"], call, fields, submission.idempotency_key)

    def fetch_status(self, reference: str, call: CallSettings) -> Receipt | None:
        answer = self._call("GET", self._address("lookup_url", reference), call)
        if answer.status == 404:
            return None
        if answer.status == 200:
            return _receipt(answer)
        raise Retryable("lookup_refused", http_status=answer.status, retry_after=_retry_after(answer))

    def cancel(self, reference: str, call: CallSettings) -> Receipt:
        return self._post(self._address("cancel_url", reference), call, {"reference": reference}, f"cancel-{reference}")

    def respond(self, answer: Answer, call: CallSettings) -> Receipt:
        fields = {"reference": answer.reference, "data": answer.data}
        return self._post(self._address("response_url", answer.reference), call, fields, answer.idempotency_key)

    def check_config(self, call: CallSettings) -> None:
        answer = self._call("GET", self.options["health_url"] or self.options["submit_url"], call)
        if answer.status >= 500 or answer.status in (401, 403):
            raise Retryable("health_refused", http_status=answer.status)

    def _address(self, option: str, reference: str) -> str:
        address: str = self.options[option]
        return address.replace("{reference}", reference)

    def _post(self, url: str, call: CallSettings, fields: Mapping[str, Any], idempotency_key: str) -> Receipt:
        answer = self._call("POST", url, call, json.dumps(fields).encode(), {"Idempotency-Key": idempotency_key})
        if answer.status in (200, 201, 202):
            return _receipt(answer)
        raise _failure(answer)

    def _call(
        self,
        method: str,
        url: str,
        call: CallSettings,
        body: bytes | None = None,
        extra_headers: dict[str, str] | None = None,
    ) -> HttpAnswer:
        headers = {
            "Authorization": f"Bearer {call.outgoing_secret}",
            "X-Request-ID": call.request_id,
            **({"Content-Type": "application/json"} if body is not None else {}),
            **(extra_headers or {}),
        }
        try:
            return http.call(method, url, deadline=call.deadline, headers=headers, body=body)
        except http.NotSent as error:
            raise Retryable(error.code) from None
        except http.MaybeSent as error:
            raise OutcomeUnknown(error.code) from None


def _receipt(answer: HttpAnswer) -> Receipt:
    try:
        content: Any = json.loads(answer.body)
        return Receipt(_agency_reference(content["agency_reference"]), str(content.get("status") or ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise OutcomeUnknown("answer_not_understood", http_status=answer.status) from None


def _agency_reference(value: Any) -> str:
    """A text or a whole number. Raises ValueError for what is no reference, and for what no text column can hold."""
    if type(value) not in (str, int):
        raise ValueError("neither a text nor a whole number")
    reference = str(value).strip()[:_LONGEST_REFERENCE]
    # Encoding fails at half of a surrogate pair.
    if not reference or b"\x00" in reference.encode():
        raise ValueError("blank, or with NUL")
    return reference


def _failure(answer: HttpAnswer) -> DeliveryFailure:
    kind: type[DeliveryFailure] = OutcomeUnknown
    if answer.status in _TRY_LATER:
        kind = Retryable
    elif 400 <= answer.status < 500:
        kind = Permanent
    return kind(f"http_{answer.status}", http_status=answer.status, retry_after=_retry_after(answer))


def _retry_after(answer: HttpAnswer) -> timedelta | None:
    """The Retry-After header, seconds or a date (RFC 9110, section 10.2.3), at most a day; None where it is neither."""
    given = answer.headers.get("retry-after", "")
    if given.isascii() and given.isdigit():
        wait = timedelta(seconds=int(given)) if len(given) <= 9 else None
    else:
        wait = _time_until(given)
    return None if wait is None else max(timedelta(0), min(wait, _LONGEST_RETRY_AFTER))


def _time_until(date: str) -> timedelta | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    # The oldest form names no zone; all three are in GMT.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - timezone.now()
