"""The published schema tells every refusal a route can answer with."""

from typing import Any

from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework import serializers
from rest_framework.permissions import AllowAny

from services_catalog.api.texts import TextSerializer


class FieldProblemSerializer(serializers.Serializer[Any]):
    """What is wrong with one field; `pointer` is a JSON pointer into the request body."""

    pointer = serializers.CharField()
    code = serializers.CharField()
    message = TextSerializer()


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457. `code` is stable; `detail` is in the caller's language, `message` in both."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    message = TextSerializer()
    errors = FieldProblemSerializer(many=True, required=False)  # type: ignore[assignment]


_MEANINGS = {
    "400": "The request cannot be read, or a header or parameter is wrong",
    "401": "No sign-in, one that is not valid any more, or one that is not strong enough",
    "403": "Not allowed",
    "404": "There is no such thing, or it is somebody else's",
    "405": "The address does not offer this method",
    "409": "Not in the state that this needs; `code` says why",
    "410": "It was good once and is no more",
    "413": "The body is too large",
    "415": "The body is not JSON",
    "422": "Some fields need attention",
    "429": "Too many requests; Retry-After says when to come back",
    "503": "Not available for a moment; Retry-After says when to come back",
}


class ProblemAwareSchema(AutoSchema):
    """Adds the problems that a route can answer with by what it is: protected, with a body, throttled.

    A view names further ones in `problem_statuses`, method → statuses. One that says `is_conditional` also answers
    304 to whoever has the answer.
    """

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation:
            problem = self._problem_component()
            for status in self._problem_statuses():
                operation["responses"].setdefault(
                    status,
                    {
                        "description": _MEANINGS[status],
                        "content": {"application/problem+json": {"schema": problem.ref}},
                    },
                )
            if getattr(self.view, "is_conditional", False):
                operation["responses"]["304"] = {"description": "What has the ETag in If-None-Match is still so"}
            operation["responses"] = dict(sorted(operation["responses"].items()))
        return operation

    def _problem_component(self) -> ResolvedComponent:
        return self.resolve_serializer(ProblemSerializer, "response")

    def _problem_statuses(self) -> list[str]:
        statuses = {"400", "405", "429"}
        if not any(isinstance(permission, AllowAny) for permission in self.view.get_permissions()):
            statuses |= {"401", "403"}
        if "{" in self.path:
            statuses.add("404")
        if self.method in ("POST", "PUT", "PATCH"):
            statuses |= {"413", "415", "422"}
        extra = getattr(self.view, "problem_statuses", {}).get(self.method, ())
        return sorted(statuses | set(extra))


class EnglishSchemaGenerator(SchemaGenerator):
    """One schema, whatever language its reader prefers: labels of model fields and choices are translated."""

    def get_schema(self, *args: Any, **kwargs: Any) -> Any:
        with translation.override("en"):
            return super().get_schema(*args, **kwargs)  # type: ignore[no-untyped-call]


class CitizenAuthenticationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "citizens.identity.authentication.CitizenAuthentication"
    name = "citizen"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class AgencyAuthenticationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "citizens.identity.agency_authentication.AgencyAuthentication"
    name = "agency"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "The agency's API key; the body is signed as Standard Webhooks has it.",
        }
