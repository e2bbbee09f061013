"""Error answers of the agencies: application/problem+json (RFC 9457)."""

from superapp.sandbox.listener import Response, json_response


def problem(status: int, title: str, detail: str, **members: object) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}
    return json_response(status, body, {"Content-Type": "application/problem+json"})


def unknown_case() -> Response:
    return problem(404, "Not found", "No case has this reference.")


def wish_refused() -> Response:
    return problem(409, "Not cancelled", "This case cannot be cancelled any more.", code="not_cancelled")


def refusal() -> Response:
    """What the citizen may read stands in `message`, in both languages."""
    return problem(
        422,
        "The request cannot be accepted",
        "The applicant does not meet the conditions of this service.",
        code="not_eligible",
        message={
            "th": "ผู้ยื่นคำขอมีคุณสมบัติไม่ครบตามเงื่อนไขของบริการนี้",
            "en": "The applicant does not meet the conditions of this service.",
        },
    )
