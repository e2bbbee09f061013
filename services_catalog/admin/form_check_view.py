"""The check that the editor of forms asks for while somebody types."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from services_catalog.form_check import PlacedProblem, check_texts


@require_POST
def check_form_texts(request: HttpRequest) -> JsonResponse:
    """Takes the texts `form` and `example`; answers what is wrong, and an example made from a form without errors."""
    checked = check_texts(request.POST.get("form", ""), request.POST.get("example", ""))
    return JsonResponse({"problems": [_told(one) for one in checked.problems], "example": checked.example})


def _told(placed: PlacedProblem) -> dict[str, Any]:
    problem, place = placed.problem, placed.place
    return {
        "part": problem.part,
        "pointer": problem.pointer,
        "code": problem.code,
        "warning": problem.is_warning,
        "line": place.line,
        "column": place.column,
        "message": problem.message.as_dict(),
    }
