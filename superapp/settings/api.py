"""The REST API: deny by default, problem+json, one paginator, one schema."""

from datetime import timedelta

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["citizens.identity.authentication.CitizenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["citizens.identity.permissions.IsCitizen"],
    "DEFAULT_PARSER_CLASSES": ["superapp.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "superapp.api.negotiation.AlwaysJSON",
    "DEFAULT_THROTTLE_CLASSES": ["superapp.api.throttles.SharedRateLimit"],
    "DEFAULT_PAGINATION_CLASS": "superapp.api.pagination.NewestFirst",
    "DEFAULT_SCHEMA_CLASS": "superapp.api.schema.ProblemAwareSchema",
    "EXCEPTION_HANDLER": "superapp.api.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
    "PAGE_SIZE": 20,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

# What is counted → limit in the notation of the `limits` library. "sign_in" counts by device or sign-in, "credential"
# by code, refresh token or consent request, "node_news" by the token of a callback, "wrong_token" by the token that is
# not good (any more), "wrong_key" by address. All who are not signed in count by "address" last: a mobile operator has
# thousands of phones behind one.
RATE_LIMITS = {
    "reading": "600/minute",
    "submission": "60/minute",
    "drafting": "120/minute",
    "service_tokens": "30/minute",
    "sign_in": "20/minute",
    "credential": "10/minute",
    "node_news": "60/minute",
    "wrong_token": "60/minute",
    "wrong_key": "60/minute",
    "address": "12000/minute",
    "agency": "6000/minute",
}

# How often a process looks whether the public catalogue has changed; what it remembers of it is as old at the most.
CATALOGUE_ASKED_EVERY = timedelta(milliseconds=50)

REQUEST_BODY_LIMIT = 256 * 1024

SPECTACULAR_SETTINGS = {
    "TITLE": "Super-app API",
    "VERSION": "1.0.0",
    "DESCRIPTION": "Browse government services, send a service request and follow it to its end.",
    "DEFAULT_GENERATOR_CLASS": "superapp.api.schema.EnglishSchemaGenerator",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "StatusEnum": "citizens.service_requests.models.Status",
        "ActorEnum": "citizens.service_requests.models.Actor",
        "ReportableStatusEnum": "citizens.service_requests.agency_news.REPORTABLE_CHOICES",
    },
    "SCHEMA_PATH_PREFIX": r"/api/(agency/)?v[0-9]",
}
