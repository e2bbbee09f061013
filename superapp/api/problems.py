"""Every refusal of the API as application/problem+json (RFC 9457), in Thai and in English."""

from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_from_request
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from citizens.identity.problems import FORBIDDEN, NOT_SIGNED_IN
from services_catalog.languages import Text
from services_catalog.problems import INVALID_DATA, NOT_FOUND, FieldProblem, Problem, ProblemType, pointer
from superapp.api import texts

logger = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"

# Django's and DRF's own refusals; the first class that fits.
_TYPES: list[tuple[type[Exception], ProblemType]] = [
    (exceptions.ParseError, texts.MALFORMED),
    (exceptions.NotAuthenticated, NOT_SIGNED_IN),
    (exceptions.AuthenticationFailed, NOT_SIGNED_IN),
    (exceptions.PermissionDenied, FORBIDDEN),
    (PermissionDenied, FORBIDDEN),
    (exceptions.NotFound, NOT_FOUND),
    (Http404, NOT_FOUND),
    (exceptions.MethodNotAllowed, texts.METHOD_NOT_ALLOWED),
    (RequestDataTooBig, texts.BODY_TOO_LARGE),
    (exceptions.UnsupportedMediaType, texts.WRONG_MEDIA_TYPE),
    (exceptions.Throttled, texts.TOO_MANY_REQUESTS),
]

_FIELD_SENTENCES = {
    "required": Text("กรุณากรอกข้อมูลนี้", "Please fill this in."),
    "null": Text("ข้อมูลนี้ว่างไม่ได้", "This may not be empty."),
    "blank": Text("ข้อมูลนี้ว่างไม่ได้", "This may not be empty."),
    "max_length": Text("ข้อความยาวเกินไป", "This is too long."),
    "too_far_ahead": Text(
        "วันเวลานี้ล่วงหน้าเกินไป กรุณาใช้ปีคริสต์ศักราช (2026 ไม่ใช่ 2569)",
        "This moment is too far in the future. Years are those of the Christian era (2026, not 2569).",
    ),
    "invalid_choice": Text("กรุณาเลือกจากรายการที่มี", "Please choose one of the options."),
}
_OTHER_FIELD_SENTENCE = Text("ข้อมูลนี้ไม่ถูกต้อง", "This answer is not valid.")


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. None lets Django answer, which happens only for bugs."""
    problem = _as_problem(error)
    if problem is None:
        return None
    set_rollback()
    body = problem_body(problem, get_language_from_request(context["request"]))
    return Response(body, status=problem.type.status, headers=dict(problem.headers), content_type=CONTENT_TYPE)


def _as_problem(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, (OperationalError, InterfaceError)):
        logger.error("database_unavailable", exc_info=error)
        return Problem(texts.NOT_READY, headers={"Retry-After": "5"})
    if isinstance(error, exceptions.ValidationError):
        return Problem(INVALID_DATA, errors=list(_field_problems(error.get_full_details())))
    for error_class, problem_type in _TYPES:
        if isinstance(error, error_class):
            return Problem(problem_type, headers=_headers(error))
    return None


def _headers(error: Exception) -> dict[str, str]:
    headers = {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    return headers


def _field_problems(details: Any, path: tuple[str | int, ...] = ()) -> Iterable[FieldProblem]:
    """DRF's nested error details as one entry per field; DRF's own texts, which may repeat the value, are dropped."""
    if isinstance(details, Mapping) and "code" in details and "message" in details:
        code = str(details["code"])
        yield FieldProblem(pointer(*path), code, _FIELD_SENTENCES.get(code, _OTHER_FIELD_SENTENCE))
    elif isinstance(details, Mapping):
        for name, inner in details.items():
            yield from _field_problems(inner, path if name == "non_field_errors" else (*path, name))
    elif isinstance(details, list):
        leaves = all(isinstance(inner, Mapping) and "code" in inner for inner in details)
        for position, inner in enumerate(details):
            yield from _field_problems(inner, path if leaves else (*path, position))


def problem_body(problem: Problem, language: str) -> dict[str, Any]:
    """The members of RFC 9457 in the caller's language, our `code`, and `message` in both languages."""
    title, detail = problem.type.title, problem.detail or problem.type.detail
    english = language == "en"
    body: dict[str, Any] = {
        "type": f"urn:superapp:problem:{problem.type.code}",
        "title": title.en if english else title.th,
        "status": problem.type.status,
        "code": problem.type.code,
        "detail": detail.en if english else detail.th,
        "message": detail.as_dict(),
        **problem.extensions,
    }
    if problem.errors:
        body["errors"] = [
            {"pointer": f"#{one.pointer}", "code": one.code, "message": one.message.as_dict()} for one in problem.errors
        ]
    return body


def problem_http_response(request: HttpRequest, problem: Problem) -> JsonResponse:
    """The same outside DRF: middleware, and Django's own error pages."""
    body = problem_body(problem, get_language_from_request(request))
    return JsonResponse(
        body,
        status=problem.type.status,
        headers=dict(problem.headers),
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def _page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Officers read a page, programs read problem+json."""
    if request.path.startswith(reverse("admin:index")):
        return render(request, "problem.html", {"problem": problem}, status=problem.type.status)
    return problem_http_response(request, problem)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, Problem(NOT_FOUND))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, Problem(texts.MALFORMED))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, Problem(FORBIDDEN))


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, Problem(texts.OUR_FAULT))
